/* check_source.c - `source "/crm" sends …`: that the events are declared, and each said once. */
#include <string.h>

#include "engine/check.h"

static void report_twice(tr_check *check, tr_name name, tr_span first, const char *what) {
  tr_diag *diag =
      tr_report(check->diags, DIAG_REPEATED, name.span, "%s '%s' stands twice", what, name.text);
  tr_diag_related(diag, first, "first here");
}

static void check_sends(tr_check *check, const tr_names *sends) {
  for (uint32_t i = 0; i < sends->count; i++) {
    tr_check_name(check, sends->items[i], SYMBOL_EVENT, SYMBOL_EVENT, "an event");
    for (uint32_t k = 0; k < i; k++) {
      if (strcmp(sends->items[k].text, sends->items[i].text) != 0) continue;
      report_twice(check, sends->items[i], sends->items[k].span, "event");
      break;
    }
  }
}

void tr_check_sources(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->sources.count; i++) {
    const tr_source_decl *source = check->tree->sources.items[i];
    check_sends(check, &source->sends);
    for (uint32_t k = 0; k < i; k++) {
      const tr_source_decl *other = check->tree->sources.items[k];
      if (strcmp(other->name.text, source->name.text) != 0) continue;
      report_twice(check, source->name, other->name.span, "source");
      break;
    }
  }
}
