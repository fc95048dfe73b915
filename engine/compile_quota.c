/* compile_quota.c - how much a party owes in each period. */
#include <stdlib.h>

#include "engine/compile.h"

static int by_time(const void *a, const void *b) {
  const tr_step_def *left = a, *right = b;
  if (left->percent_millionths != right->percent_millionths)
    return left->percent_millionths < right->percent_millionths ? -1 : 1;
  return (left->order > right->order) - (left->order < right->order);
}

static void compile_steps(tr_compile *c, const tr_steps *steps, tr_quota_def *def) {
  tr_step_def *defs = TR_NEW_ARRAY(c->arena, tr_step_def, steps->count + 1);
  for (uint32_t i = 0; i < steps->count; i++) {
    const tr_step *step = &steps->items[i];
    const tr_symbol *who = tr_symbol_find(c->symbols, step->who);
    defs[i] = (tr_step_def){.kind = step->kind,
                            .percent_millionths = step->percent_millionths,
                            .who = step->who.text,
                            .say = step->say,
                            .order = i};
    if (who->kind == SYMBOL_CONTACT) defs[i].address = ((const tr_contact *)who->decl)->address;
  }
  qsort(defs, steps->count, sizeof *defs, by_time);
  def->steps = defs;
  def->step_count = steps->count;
}

void tr_compile_quota(tr_compile *c, const tr_clause *clause, tr_clause_def *def) {
  const tr_quota_decl *decl = clause->quota;
  const tr_symbol *counted = tr_symbol_find(c->symbols, decl->counted);
  bool of_stage = counted->kind == SYMBOL_STAGE;
  tr_quota_def *quota = TR_NEW(c->arena, tr_quota_def);
  *quota = (tr_quota_def){
      .party = tr_type_value(c->symbols->party_type, decl->party.text),
      .name = decl->field.text
                  ? tr_arena_print(c->arena, "%s of %s", decl->field.text, decl->counted.text)
                  : decl->counted.text,
      .counted = decl->counted.text,
      .stage = of_stage ? counted->index : TR_NONE,
      .signal = of_stage ? TR_NONE : tr_compile_trigger(c, decl->counted),
      .field = decl->field.text ? decl->field_index : TR_NONE,
      .type = decl->type ? decl->type : &tr_type_whole,
      .period = decl->period,
      .each_rep = decl->each_rep};
  tr_compile_constant(c, decl->amount, quota->type, &quota->owed);
  compile_steps(c, &clause->terms.steps, quota);
  def->act = ACT_QUOTA;
  def->quota = quota;
}

void tr_compile_quotas(tr_compile *c) {
  TR_LIST(tr_quota_place) quotas = {0};
  for (uint32_t i = 0; i < c->program->agreement_count; i++) {
    for (uint32_t k = 0; k < c->program->agreements[i].clause_count; k++) {
      if (c->program->agreements[i].clauses[k].act != ACT_QUOTA) continue;
      tr_quota_place place = {.agreement = i, .clause = k};
      TR_PUSH(c->arena, &quotas, place);
    }
  }
  for (uint32_t i = 0; i < c->program->event_count; i++)
    c->program->takes_back |= c->program->events[i].control == CONTROL_VOIDED;
  c->program->quotas = quotas.items;
  c->program->quota_count = quotas.count;
}
