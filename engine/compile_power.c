/* compile_power.c - powers: the stages that they lead from and to, and their conditions. */
#include "engine/compile.h"

static const uint32_t *stages_of(tr_compile *c, const tr_names *names) {
  uint32_t *stages = TR_NEW_ARRAY(c->arena, uint32_t, names->count + 1);
  for (uint32_t i = 0; i < names->count; i++)
    stages[i] = tr_symbol_find(c->symbols, names->items[i])->index;
  return stages;
}

static const char *names_text(tr_compile *c, const tr_names *names) {
  const char *text = names->items[0].text;
  for (uint32_t i = 1; i < names->count; i++)
    text = tr_arena_print(c->arena, "%s, %s", text, names->items[i].text);
  return text;
}

/* As it was written, without its condition: "sales may move SAL, SQL to lost". */
static const char *power_text(tr_compile *c, const tr_power *power) {
  const char *party = power->party.text;
  static const char *const words[] = {[POWER_MOVE] = "move",
                                      [POWER_PROMOTE] = "override promote",
                                      [POWER_OFFER] = "override hand",
                                      [POWER_HOLD] = "hold",
                                      [POWER_PASS] = "pass"};
  if (power->from.count == 0)
    return tr_arena_print(c->arena, "%s may %s a lead", party, words[power->kind]);
  return tr_arena_print(c->arena, "%s may %s %s to %s", party, words[power->kind],
                        names_text(c, &power->from), power->to.text);
}

static void compile_power(tr_compile *c, const tr_power *power, tr_power_def *def) {
  *def = (tr_power_def){.kind = power->kind,
                        .party = tr_type_value(c->symbols->party_type, power->party.text),
                        .from = stages_of(c, &power->from),
                        .from_count = power->from.count,
                        .taker = TR_NONE,
                        .needs_reason = power->needs_reason,
                        .at_most_ms = power->at_most_ms};
  def->act = (tr_clause_def){.kind = CLAUSE_MOVE,
                             .act = ACT_MOVE,
                             .text = power_text(c, power),
                             .file = tr_compile_file(c, power->span),
                             .line = tr_compile_line(c, power->span),
                             .signal = TR_NONE,
                             .to = TR_NONE,
                             .reason_field = TR_NONE,
                             .rejected_reason_field = TR_NONE};
  if (power->kind == POWER_OFFER)
    def->taker = tr_type_value(c->symbols->party_type, power->to.text);
  else if (tr_power_moves(power->kind))
    def->act.to = tr_symbol_find(c->symbols, power->to)->index;
  def->act.when = tr_compile_code(c, power->when, NULL, (tr_bits){0});
  def->act.reason_tree = tr_compile_reason(c, power->when);
}

void tr_compile_powers(tr_compile *c, const tr_agreement *agreement, tr_agreement_def *def) {
  tr_power_def *powers = TR_NEW_ARRAY(c->arena, tr_power_def, agreement->powers.count + 1);
  for (uint32_t i = 0; i < agreement->powers.count; i++)
    compile_power(c, agreement->powers.items[i], &powers[i]);
  def->powers = powers;
  def->power_count = agreement->powers.count;
}
