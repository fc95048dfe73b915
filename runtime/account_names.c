/* account_names.c - see account_names.h. Only accounts with leads are looked through. */
#include "runtime/account_names.h"

#include <stdio.h>
#include <string.h>

#include "grammar/near.h"
#include "runtime/buffer.h"
#include "runtime/output.h"
#include "runtime/terminal.h"

#define NEAR_MAX 3

typedef struct search {
  const char *wanted;
  buffer last, found; /* the last name looked at; names in quotes */
  size_t count;
} search;

/* Leads come account by account. */
static void look_at(void *context, const treaty_lead *lead) {
  search *search = context;
  treaty_text name = lead->account;
  if (search->count == NEAR_MAX) return;
  if (search->last.length == name.length &&
      memcmp(buffer_text(&search->last), name.bytes, name.length) == 0)
    return;
  buffer_clear(&search->last);
  buffer_put(&search->last, name.bytes, name.length);
  const char *candidate = buffer_text(&search->last);
  if (!tr_near_name(search->wanted, &candidate, 1)) return;
  buffer_print(&search->found, search->count++ == 0 ? "'" : ", '");
  terminal_put_text(&search->found, name);
  buffer_print(&search->found, "'");
}

void account_names_say_none(treaty_engine *engine, treaty_text account) {
  buffer wanted = {0}, shown = {0};
  buffer_put(&wanted, account.bytes, account.length);
  terminal_put_text(&shown, account);
  search search = {.wanted = buffer_text(&wanted)};
  treaty_engine_leads(engine, look_at, &search);
  if (search.count > 0)
    say("no accepted event is for an account '%s'; near to it: %s", buffer_text(&shown),
        buffer_text(&search.found));
  else
    say("no accepted event is for an account '%s'", buffer_text(&shown));
  buffer_free(&search.last);
  buffer_free(&search.found);
  buffer_free(&wanted);
  buffer_free(&shown);
}
