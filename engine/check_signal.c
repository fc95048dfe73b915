/* check_signal.c - signals: patterns of events, and what must have come before them. */
#include <string.h>

#include "engine/check.h"
#include "engine/limits.h"

/* Stands for every event of the buyer: of its fields only those are known that all have. */
static const tr_event_decl any_buyer_event = {.any_buyer = true};

/* ---- Patterns -------------------------------------------------------------------------------- */

static const tr_event_decl *check_any_buyer(tr_check *check, const tr_pattern *pattern) {
  tr_scope scope = {.entity = ENTITY_NONE, .event = &any_buyer_event, .bare_event = true};
  for (uint32_t i = 0; i < check->tree->events.count; i++)
    check->event_used[i] |= tr_check_is_buyers(check->tree->events.items[i]);
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
    if (pattern->where) {
      tr_report(check->diags, DIAG_WRONG_SCOPE, pattern->where->span,
                "'%s' has several events, so no field of one can be asked", pattern->event.text);
    }
    return NULL;
  }
  if (pattern->where) tr_check_condition(check, &scope, pattern->where);
  return event;
}

/* ---- Order ----------------------------------------------------------------------------------- */

static void check_order(tr_check *check, tr_name name);

static void check_signal_order(tr_check *check, const tr_symbol *symbol, tr_span from) {
  if (symbol->kind != SYMBOL_SIGNAL || check->signal_states[symbol->index] == 2) return;
  if (check->signal_states[symbol->index] == 1) {
    tr_report(check->diags, DIAG_DEFINED_BY_ITSELF, from, "signal '%s' is made of itself",
              symbol->name);
    return;
  }
  if (check->chain >= TR_CHAIN_MAX) {
    tr_report(check->diags, DIAG_TOO_DEEP, from, "signals stand on each other deeper than %d",
              TR_CHAIN_MAX);
    return;
  }
  check->chain++;
  check->signal_states[symbol->index] = 1;
  const tr_signal *signal = symbol->decl;
  for (uint32_t i = 0; i < signal->patterns.count; i++)
    check_order(check, signal->patterns.items[i].event);
  if (signal->after.text) check_order(check, signal->after);
  check->chain--;
  check->signal_states[symbol->index] = 2;
}

/* Of the event or signal that a signal names. */
static void check_order(tr_check *check, tr_name name) {
  const tr_symbol *symbol = tr_symbol_find(check->symbols, name.text);
  if (symbol) check_signal_order(check, symbol, name.span);
}

/* ---- Signals --------------------------------------------------------------------------------- */

static void check_sequence(tr_check *check, const tr_signal *signal) {
  const tr_symbol *after =
      tr_check_name(check, signal->after, SYMBOL_EVENT, SYMBOL_SIGNAL, "an event or signal");
  tr_check_use_trigger(check, after);
  if (signal->same != ENTITY_MEMBER) return;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_FORM, signal->same_span,
                            "a sequence is by the same person, account or lead");
  tr_diag_help(diag, "Write 'by the same person' or 'by the same lead'.");
}

void tr_check_signals(tr_check *check) {
  const tr_tree *tree = check->tree;
  for (uint32_t i = 0; i < tree->signals.count; i++) {
    const tr_symbol *symbol = tr_symbol_find(check->symbols, tree->signals.items[i]->name.text);
    if (symbol && symbol->decl == tree->signals.items[i])
      check_signal_order(check, symbol, symbol->span);
  }
  memset(check->signal_states, 0, tree->signals.count); /* now tr_check_use_trigger's */
  for (uint32_t i = 0; i < tree->signals.count; i++) {
    tr_signal *signal = tree->signals.items[i];
    for (uint32_t k = 0; k < signal->patterns.count; k++)
      tr_check_pattern(check, &signal->patterns.items[k]);
    if (signal->after.text) check_sequence(check, signal);
  }
}
