/* compile_signal.c - signals: for each kind of event those that it can be, in an order in which
 * each stands behind what it is made of; and those that come about by themselves. */
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
  compile->program->activity = tree->signals.count + tree->events.count;
  compile->program->trigger_count = compile->program->activity + 1;
}

/* ---- What an event can be -------------------------------------------------------------------- */

/* The signal that a pattern stands on; NULL: an event, or any of the buyer's. */
static const tr_symbol *stands_on(const tr_compile *c, const tr_pattern *pattern) {
  if (pattern->any_buyer) return NULL;
  const tr_symbol *on = tr_symbol_find(c->symbols, pattern->event);
  return on->kind == SYMBOL_SIGNAL ? on : NULL;
}

/* What signals come from: an event, or a signal that no event is. */
typedef struct origin {
  const tr_event_decl *event;
  const tr_signal *signal;
} origin;

/* Follows a signal's patterns to what is behind them. A signal on a signal needs that one to have
 * fired. */
static bool reaches(const tr_compile *c, const tr_signal *signal, origin from, int depth);

static bool pattern_reaches(const tr_compile *c, const tr_pattern *pattern, origin from,
                            int depth) {
  if (pattern->any_buyer) return from.event && tr_check_is_buyers(from.event);
  const tr_symbol *on = tr_symbol_find(c->symbols, pattern->event);
  if (on->kind == SYMBOL_EVENT) return on->decl == from.event;
  return on->decl == from.signal || reaches(c, on->decl, from, depth + 1);
}

static bool reaches(const tr_compile *c, const tr_signal *signal, origin from, int depth) {
  for (uint32_t i = 0; depth < TR_USE_DEPTH_MAX && i < signal->patterns.count; i++) {
    if (pattern_reaches(c, &signal->patterns.items[i], from, depth)) return true;
  }
  return false;
}

bool tr_compile_reaches(const tr_compile *compile, const tr_signal *signal,
                        const tr_event_decl *event) {
  return reaches(compile, signal, (origin){.event = event}, 0);
}

typedef struct firing_list {
  TR_LIST(tr_firing) list;
  uint8_t *done;
  tr_bits reads; /* of the event: what is looked at when it is observed */
} firing_list;

static void add_firings(tr_compile *c, firing_list *firings, uint32_t index, origin from) {
  if (firings->done[index]) return;
  firings->done[index] = true;
  const tr_signal *signal = c->symbols->tree->signals.items[index];
  for (uint32_t i = 0; i < signal->patterns.count; i++) {
    const tr_pattern *pattern = &signal->patterns.items[i];
    const tr_symbol *on = stands_on(c, pattern);
    if (!pattern_reaches(c, pattern, from, 0)) continue;
    if (on) add_firings(c, firings, on->index, from);
    tr_firing firing = {.signal = index,
                        .needs = on ? on->index : TR_NONE,
                        .where = tr_compile_code(c, pattern->where, from.event, firings->reads),
                        .after = TR_NONE,
                        .within_ms = signal->span_ms};
    if (signal->other.text) {
      firing.after = tr_compile_window(c, tr_compile_trigger(c, signal->other), signal->other.text,
                                       signal->entity, signal->span_ms);
      tr_bits_set(firings->reads, c->windows.items[firing.after].input);
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
      case TR_OP_REP:
      case TR_OP_OPENED_AT:
      case TR_OP_WON:
      case TR_OP_PHASE:
      case TR_OP_AGE:
      case TR_OP_OUTSIDE:
      case TR_OP_KEPT:
      case TR_OP_TIMES_ENTERED:
      case TR_OP_DATE_ENTERED:
      case TR_OP_TIME_IN_STAGE:
      case TR_OP_PREVIOUS_REASON:
      case TR_OP_SCORE:
      case TR_OP_COUNT:
      case TR_OP_SINCE:
      case TR_OP_MEASURE:
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

static firing_list firings_from(tr_compile *c, origin from, tr_bits reads) {
  uint32_t count = c->program->signal_count;
  firing_list firings = {.done = TR_NEW_ARRAY(c->arena, uint8_t, count + 1), .reads = reads};
  for (uint32_t i = 0; i < count; i++) {
    if (reaches(c, c->symbols->tree->signals.items[i], from, 0)) add_firings(c, &firings, i, from);
  }
  return firings;
}

void tr_compile_firings(tr_compile *compile, const tr_event_decl *event, tr_event_def *def) {
  firing_list firings = firings_from(compile, (origin){.event = event}, def->reads);
  def->firings = firings.list.items;
  def->firing_count = firings.list.count;
  def->reads_event_only = true;
  for (uint32_t i = 0; i < def->firing_count; i++) {
    const tr_firing *firing = &def->firings[i];
    def->reads_event_only &= reads_event_only(firing->where) && firing->after == TR_NONE;
  }
}

const tr_firing *tr_compile_firings_behind(tr_compile *compile, const tr_signal *signal,
                                           tr_bits reads, uint32_t *count) {
  firing_list firings = firings_from(compile, (origin){.signal = signal}, reads);
  *count = firings.list.count;
  return firings.list.items;
}

/* ---- What comes about by itself -------------------------------------------------------------- */

typedef TR_LIST(tr_watch) watch_list;

/* What of its inputs an entity shares with others: it may change when nothing happens to it. */
static tr_bits shared_inputs(tr_compile *c, const tr_watch *watch) {
  tr_bits shared = tr_bits_new(c->arena, c->program->input_words);
  tr_bits_add(shared, watch->inputs, c->program->input_words);
  for (uint32_t i = 0; i < c->input_count; i++) {
    if (c->input_owners.items[i] == watch->entity) shared.words[i / 64] &= ~(UINT64_C(1) << i % 64);
  }
  return shared;
}

static tr_watch *add_watch(tr_compile *c, watch_list *watches, tr_entity entity) {
  tr_watch watch = {.signal = TR_NONE,
                    .entity = entity,
                    .cell = c->cell_counts[entity]++,
                    .other = TR_NONE,
                    .freezes = TR_NONE,
                    .inputs = tr_bits_new(c->arena, c->program->input_words)};
  TR_PUSH(c->arena, watches, watch);
  return &watches->items[watches->count - 1];
}

/* With a stage it may change, and with what a promotion keeps. */
static bool reads_stages(const tr_compile *c, tr_bits inputs) {
  for (uint32_t i = 0; i < c->program->kept_count; i++) {
    if (tr_bits_has(inputs, c->program->kept[i].input)) return true;
  }
  return tr_bits_has(inputs, c->program->stage_input);
}

static void add_condition(tr_compile *c, tr_watch *watch, const tr_expr *when) {
  watch->when = tr_compile_code(c, when, NULL, watch->inputs);
  watch->shared = shared_inputs(c, watch);
  c->program->watches_stages |= reads_stages(c, watch->inputs);
  c->program->watches_leads |=
      c->program->watches_stages || watch->entity == ENTITY_LEAD || watch->entity == ENTITY_MEMBER;
}

static void watch_signal(tr_compile *c, watch_list *watches, uint32_t index) {
  const tr_signal *signal = c->symbols->tree->signals.items[index];
  if (signal->kind == SIGNAL_EVENTS || signal->kind == SIGNAL_OVER_LIMIT) return;
  tr_bits reads = tr_bits_new(c->arena, c->program->input_words);
  tr_watch *watch = add_watch(c, watches, signal->entity);
  watch->signal = index;
  watch->reads = reads;
  watch->firings = tr_compile_firings_behind(c, signal, reads, &watch->firing_count);
  watch->for_ms = signal->span_ms;
  if (signal->other.text) watch->other = tr_compile_trigger(c, signal->other);
  add_condition(c, watch, signal->when);
}

/* A score may stand still, and lose points in silence. */
static void watch_score(tr_compile *c, watch_list *watches, uint32_t index) {
  const tr_score *score = c->symbols->tree->scores.items[index];
  const tr_score_def *def = tr_compile_score(c, index);
  if (def->frost_cell != TR_NONE) {
    tr_watch *watch = add_watch(c, watches, def->entity);
    watch->freezes = index;
    add_condition(c, watch, score->frozen_while);
  }
  for (uint32_t i = 0; i < def->rule_count; i++) {
    if (!def->rules[i].is_loss) continue;
    tr_watch *watch = add_watch(c, watches, def->entity);
    watch->signal = def->rules[i].signal;
    watch->other = c->program->activity;
    watch->for_ms = def->rules[i].after_ms;
  }
}

void tr_compile_watches(tr_compile *compile) {
  watch_list watches = {0};
  for (uint32_t i = 0; i < compile->check->watch_order.count; i++) {
    tr_watched watched = compile->check->watch_order.items[i];
    if (watched.score)
      watch_score(compile, &watches, watched.index);
    else
      watch_signal(compile, &watches, watched.index);
  }
  compile->program->watches = watches.items;
  compile->program->watch_count = watches.count;
}
