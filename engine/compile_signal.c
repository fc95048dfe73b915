/* compile_signal.c - signals: for each kind of event those that it can be, in an order in which
 * each stands behind what it is made of. */
#include <string.h>

#include "engine/compile.h"
#include "engine/limits.h"

void tr_compile_signals(tr_compile *compile) {
  const tr_tree *tree = compile->symbols->tree;
  tr_signal_def *signals = TR_NEW_ARRAY(compile->arena, tr_signal_def, tree->signals.count + 1);
  for (uint32_t i = 0; i < tree->signals.count; i++)
    signals[i].name = tree->signals.items[i]->name.text;
  compile->program->signals = signals;
  compile->program->signal_count = tree->signals.count;
}

/* ---- What an event can be -------------------------------------------------------------------- */

/* The signal that a pattern stands on; NULL: an event, or any of the buyer's. */
static const tr_symbol *stands_on(const tr_compile *c, const tr_pattern *pattern) {
  if (pattern->any_buyer) return NULL;
  const tr_symbol *on = tr_symbol_find(c->symbols, pattern->event.text);
  return on->kind == SYMBOL_SIGNAL ? on : NULL;
}

/* Follows a signal's patterns to the events behind them. A signal on a signal needs that one to
 * have fired. */
static bool reaches(const tr_compile *c, const tr_signal *signal, const tr_event_decl *event,
                    int depth);

static bool pattern_reaches(const tr_compile *c, const tr_pattern *pattern,
                            const tr_event_decl *event, int depth) {
  if (pattern->any_buyer) return tr_check_is_buyers(event);
  const tr_symbol *on = tr_symbol_find(c->symbols, pattern->event.text);
  return on->decl == event || (on->kind == SYMBOL_SIGNAL && reaches(c, on->decl, event, depth + 1));
}

static bool reaches(const tr_compile *c, const tr_signal *signal, const tr_event_decl *event,
                    int depth) {
  for (uint32_t i = 0; depth < TR_USE_DEPTH_MAX && i < signal->patterns.count; i++) {
    if (pattern_reaches(c, &signal->patterns.items[i], event, depth)) return true;
  }
  return false;
}

bool tr_compile_reaches(const tr_compile *compile, const tr_signal *signal,
                        const tr_event_decl *event) {
  return reaches(compile, signal, event, 0);
}

typedef struct firing_list {
  TR_LIST(tr_firing) list;
  uint8_t *done;
} firing_list;

static void add_firings(tr_compile *c, firing_list *firings, uint32_t index,
                        const tr_event_decl *event) {
  if (firings->done[index]) return;
  firings->done[index] = true;
  const tr_signal *signal = c->symbols->tree->signals.items[index];
  for (uint32_t i = 0; i < signal->patterns.count; i++) {
    const tr_pattern *pattern = &signal->patterns.items[i];
    const tr_symbol *on = stands_on(c, pattern);
    if (!pattern_reaches(c, pattern, event, 0)) continue;
    if (on) add_firings(c, firings, on->index, event);
    tr_firing firing = {.signal = index,
                        .needs = on ? on->index : TR_NONE,
                        .where = tr_compile_code(c, pattern->where, event, (tr_bits){0}),
                        .after = TR_NONE,
                        .within_ms = signal->within_ms};
    if (signal->after.text) {
      firing.after = tr_compile_window(c, tr_compile_trigger(c, signal->after.text),
                                       signal->after.text, signal->same, signal->within_ms);
    }
    TR_PUSH(c->arena, &firings->list, firing);
  }
}

static bool reads_event_only(tr_code code) {
  for (uint32_t i = 0; i < code.count; i++) {
    switch (code.items[i].op) {
      case TR_OP_FACT:
      case TR_OP_STAGE:
      case TR_OP_OWNER:
      case TR_OP_OPENED_AT:
      case TR_OP_AGE:
      case TR_OP_KEPT:
      case TR_OP_TIMES_ENTERED:
      case TR_OP_DATE_ENTERED:
      case TR_OP_TIME_IN_STAGE:
      case TR_OP_PREVIOUS_REASON:
      case TR_OP_SCORE:
      case TR_OP_COUNT:
      case TR_OP_SINCE:
      case TR_OP_DEFINE:
      case TR_OP_CRITERION:
      case TR_OP_ANY:
      case TR_OP_EVERY:
      case TR_OP_COUNT_WITH:
      case TR_OP_SUM:
      case TR_OP_MAX:
      case TR_OP_MIN: return false;
      default: break;
    }
  }
  return true;
}

void tr_compile_firings(tr_compile *compile, const tr_event_decl *event, tr_event_def *def) {
  uint32_t count = compile->program->signal_count;
  firing_list firings = {.done = TR_NEW_ARRAY(compile->arena, uint8_t, count + 1)};
  for (uint32_t i = 0; i < count; i++) {
    if (reaches(compile, compile->symbols->tree->signals.items[i], event, 0))
      add_firings(compile, &firings, i, event);
  }
  def->firings = firings.list.items;
  def->firing_count = firings.list.count;
  def->reads_event_only = true;
  for (uint32_t i = 0; i < def->firing_count; i++) {
    const tr_firing *firing = &def->firings[i];
    def->reads_event_only &= reads_event_only(firing->where) && firing->after == TR_NONE;
  }
}
