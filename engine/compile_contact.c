/* compile_contact.c - how much contact is allowed: what counts the contacts of each party that has
 * a limit, and what is looked at when one is made. */
#include "engine/compile.h"

static bool is_of(const tr_event_def *event, uint32_t party) {
  return event->contact && event->party != TR_NONE && (party == TR_NONE || event->party == party);
}

bool tr_compile_is_limited(const tr_compile *compile, const tr_event_def *event,
                           const tr_limit_def *limit) {
  (void)compile;
  return is_of(event, limit->party);
}

/* What all contacts by one party fire. */
static uint32_t contacts_by(tr_compile *c, uint32_t party) {
  uint32_t trigger = TR_NONE;
  for (uint32_t i = 0; i < c->program->event_count; i++) {
    tr_event_def *event = (tr_event_def *)&c->program->events[i];
    if (!is_of(event, party)) continue;
    if (event->contacts == TR_NONE)
      event->contacts = trigger == TR_NONE ? c->program->trigger_count++ : trigger;
    trigger = event->contacts;
  }
  return trigger;
}

static tr_limit_def compile_limit(tr_compile *c, const tr_limit_decl *limit) {
  tr_limit_def def = {.party = TR_NONE,
                      .with = limit->with,
                      .most = (uint32_t)(limit->most / 1000000),
                      .span_ms = limit->span_ms,
                      .window = TR_NONE,
                      .inputs = tr_bits_new(c->arena, c->program->input_words)};
  if (limit->party.text) def.party = tr_type_value(c->symbols->party_type, limit->party.text);
  def.when = tr_compile_code(c, limit->when, NULL, def.inputs);
  def.reason_tree = tr_compile_reason(c, limit->when);
  if (limit->never) return def;
  const char *name = tr_arena_print(c->arena, "contacts by %s", limit->party.text);
  def.window = tr_compile_window(c, contacts_by(c, def.party), name, limit->with, limit->span_ms);
  tr_bits_set(def.inputs, c->windows.items[def.window].input);
  return def;
}

/* The signals that stand on `contact.over_limit`. */
static void compile_over_limit(tr_compile *c) {
  const tr_symbol *signal = tr_symbol_in(c->symbols, 0, TR_OVER_LIMIT);
  c->program->over_limit = TR_NONE;
  if (c->program->limit_count == 0) return;
  tr_bits reads = tr_bits_new(c->arena, c->program->input_words);
  c->program->over_limit = signal->index;
  c->program->over_firings =
      tr_compile_firings_behind(c, signal->decl, reads, &c->program->over_firing_count);
  for (uint32_t i = 0; i < c->program->limit_count; i++)
    tr_bits_add(c->program->limits[i].inputs, reads, c->program->input_words);
}

void tr_compile_limits(tr_compile *compile) {
  const tr_tree *tree = compile->symbols->tree;
  TR_LIST(tr_limit_def) limits = {0};
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    const tr_clauses *clauses = &tree->agreements.items[i]->clauses;
    for (uint32_t k = 0; k < clauses->count; k++) {
      tr_limit_decl *decl = clauses->items[k]->limit;
      if (!decl) continue;
      decl->index = limits.count;
      tr_limit_def limit = compile_limit(compile, decl);
      TR_PUSH(compile->arena, &limits, limit);
    }
  }
  compile->program->limits = limits.items;
  compile->program->limit_count = limits.count;
  compile_over_limit(compile);
}

void tr_compile_limit_clause(tr_compile *compile, const tr_clause *clause, tr_clause_def *def) {
  def->act = ACT_LIMIT;
  def->limit = &compile->program->limits[clause->limit->index];
}
