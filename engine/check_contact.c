/* check_contact.c - how much contact is allowed: whose it is, that there is any, and what may be
 * asked of the person concerned. */
#include <string.h>

#include "engine/check_clause.h"
#include "engine/limits.h"

/* ---- The signal ------------------------------------------------------------------------------ */

static const tr_clause *first_limit(const tr_tree *tree) {
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    const tr_clauses *clauses = &tree->agreements.items[i]->clauses;
    for (uint32_t k = 0; k < clauses->count; k++) {
      if (clauses->items[k]->kind == CLAUSE_LIMIT) return clauses->items[k];
    }
  }
  return NULL;
}

void tr_check_gather_over_limit(tr_check *check) {
  const tr_clause *limit = first_limit(check->tree);
  if (!limit) return;
  tr_signal *signal = TR_NEW(check->arena, tr_signal);
  signal->name = (tr_name){.text = TR_OVER_LIMIT, .span = limit->limit->head};
  signal->kind = SIGNAL_OVER_LIMIT;
  signal->entity = ENTITY_LEAD;
  TR_PUSH(check->arena, &check->tree->signals, signal);
}

/* ---- Whose contacts -------------------------------------------------------------------------- */

static bool is_meant(const tr_event_decl *event, const tr_limit_decl *limit) {
  if (!event->contact) return false;
  return !limit->party.text || strcmp(event->by.text, limit->party.text) == 0;
}

/* Marks them as used; false: there are none. */
static bool use_contacts(tr_check *check, const tr_limit_decl *limit) {
  bool any = false;
  for (uint32_t i = 0; i < check->tree->events.count; i++) {
    if (!is_meant(check->tree->events.items[i], limit)) continue;
    check->event_used[i] = true;
    any = true;
  }
  return any;
}

static void check_contacts(tr_check *check, const tr_limit_decl *limit) {
  if (use_contacts(check, limit) || !tr_check_is_whole(check)) return;
  const char *by = limit->party.text ? limit->party.text : "PARTY";
  tr_diag *diag =
      tr_report(check->diags, DIAG_MISSING, limit->party.text ? limit->party.span : limit->head,
                "no event is declared to be a contact%s%s", limit->party.text ? " by " : "",
                limit->party.text ? by : "");
  tr_diag_help(diag, "Write 'by %s, contact' where those events are declared that are.", by);
}

/* ---- The clause ------------------------------------------------------------------------------ */

static void check_amount(tr_check *check, const tr_limit_decl *limit) {
  if (limit->most < 1000000 || limit->most % 1000000 != 0 ||
      limit->most > INT64_C(1000000) * TR_CONTACTS_MAX) {
    tr_diag *diag = tr_report(check->diags, DIAG_OUT_OF_RANGE, limit->most_span,
                              "a limit is a whole number of contacts, 1 to %d", TR_CONTACTS_MAX);
    if (limit->most == 0)
      tr_diag_help(diag, "Where none is allowed, write 'never contact when …'.");
  }
  if (limit->span_ms < 1)
    tr_report(check->diags, DIAG_OUT_OF_RANGE, limit->head, "a limit is for some time");
}

void tr_check_limit(tr_check *check, const tr_agreement *agreement, tr_clause *clause) {
  tr_limit_decl *limit = clause->limit;
  tr_scope scope = {.entity = ENTITY_NONE, .concerned = limit->with != ENTITY_ACCOUNT};
  bool named = limit->party.text != NULL;
  bool known = named && tr_check_name(check, limit->party, SYMBOL_PARTY, SYMBOL_PARTY, "a party");
  if (known)
    tr_check_bound(check, agreement, limit->party.text, limit->party.span,
                   "is told here how much contact is allowed");
  if (known || !named) check_contacts(check, limit);
  if (!limit->never) check_amount(check, limit);
  if (limit->when) tr_check_condition(check, &scope, limit->when);
}
