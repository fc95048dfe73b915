/* check_signal.c - signals: patterns of events and what must have come before them, silences, and
 * conditions that begin. */
#include "engine/check.h"
#include "engine/limits.h"

const tr_event_decl tr_buyer_event = {.by = {.text = "buyer"}, .any_buyer = true};

/* ---- Patterns -------------------------------------------------------------------------------- */

static const tr_event_decl *check_any_buyer(tr_check *check, const tr_pattern *pattern) {
  tr_scope scope = {.entity = ENTITY_NONE, .event = &tr_buyer_event, .bare_event = true};
  tr_check_use_buyers(check);
  if (pattern->where) tr_check_condition(check, &scope, pattern->where);
  return NULL;
}

const tr_event_decl *tr_check_pattern(tr_check *check, tr_pattern *pattern) {
  if (pattern->any_buyer) return check_any_buyer(check, pattern);
  const tr_symbol *symbol =
      tr_check_name(check, pattern->event, SYMBOL_EVENT, SYMBOL_SIGNAL, "an event or signal");
  if (!symbol) return NULL;
  tr_check_use_trigger(check, symbol);
  const tr_event_decl *event = tr_check_trigger_event(check, symbol);
  tr_scope scope = {.entity = ENTITY_NONE, .event = event, .bare_event = true};
  if (!event) {
    const char *no_event = tr_check_no_event(check, symbol);
    if (pattern->where && no_event) {
      tr_report(check->diags, DIAG_WRONG_SCOPE, pattern->where->span,
                "%s, so it has no fields to be asked", no_event);
    } else if (pattern->where) {
      tr_report(check->diags, DIAG_WRONG_SCOPE, pattern->where->span,
                "'%s' has several events, so no field of one can be asked", pattern->event.text);
    }
    return NULL;
  }
  if (pattern->where) tr_check_condition(check, &scope, pattern->where);
  return event;
}

/* ---- Order ----------------------------------------------------------------------------------- */

/* Of the event or signal that a signal names. */
static void check_order(tr_check *check, tr_name name) {
  const tr_symbol *symbol = name.text ? tr_symbol_find(check->symbols, name) : NULL;
  if (symbol) tr_check_signal_order(check, symbol, name.span);
}

void tr_check_signal_order(tr_check *check, const tr_symbol *symbol, tr_span from) {
  if (symbol->kind != SYMBOL_SIGNAL) return;
  tr_followed *one = &check->signals[symbol->index];
  if (one->state == 1) {
    tr_report(check->diags, DIAG_DEFINED_BY_ITSELF, from, "signal '%s' is made of itself",
              symbol->name);
    return;
  }
  if (!tr_check_begin(check, one, &((const tr_signal *)symbol->decl)->name, from)) return;
  const tr_signal *signal = symbol->decl;
  for (uint32_t i = 0; i < signal->patterns.count; i++)
    check_order(check, signal->patterns.items[i].event);
  check_order(check, signal->other);
  tr_scope scope = {.entity = signal->entity};
  if (signal->when) tr_check_condition(check, &scope, signal->when);
  tr_check_end(check, one, from);
  tr_watched watched = {.index = symbol->index};
  TR_PUSH(check->arena, &check->watch_order, watched);
}

/* ---- Signals --------------------------------------------------------------------------------- */

const char *tr_check_no_event(tr_check *check, const tr_symbol *symbol) {
  if (!symbol || symbol->kind != SYMBOL_SIGNAL) return NULL;
  const tr_signal *signal = symbol->decl;
  if (signal->kind == SIGNAL_EVENTS) return NULL;
  return tr_arena_print(check->arena, "'%s' is no event", symbol->name);
}

/* What comes before in a sequence, or stays away. */
static void check_other(tr_check *check, const tr_signal *signal) {
  const tr_symbol *other =
      tr_check_name(check, signal->other, SYMBOL_EVENT, SYMBOL_SIGNAL, "an event or signal");
  tr_check_use_trigger(check, other);
  if (other) tr_check_count_trigger(check, other);
  if (signal->kind != SIGNAL_EVENTS || signal->entity != ENTITY_MEMBER) return;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_FORM, signal->entity_span,
                            "a sequence is by the same person, account or lead");
  tr_diag_help(diag, "Write 'by the same person' or 'by the same lead'.");
}

void tr_check_signals(tr_check *check) {
  const tr_tree *tree = check->tree;
  for (uint32_t i = 0; i < tree->signals.count; i++) {
    tr_signal *signal = tree->signals.items[i];
    const tr_symbol *symbol = tr_symbol_find(check->symbols, signal->name);
    if (symbol && symbol->decl == signal) tr_check_signal_order(check, symbol, symbol->span);
    for (uint32_t k = 0; k < signal->patterns.count; k++)
      tr_check_pattern(check, &signal->patterns.items[k]);
    if (signal->other.text) check_other(check, signal);
  }
}
