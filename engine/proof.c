/* proof.c - the search for a case in which all that is wanted holds; see proof.h.
 *
 * It chooses a cell for one variable after another, of those that what is wanted still depends on,
 * and turns back as soon as something wanted is no longer possible. */
#include "engine/proof.h"

#include <assert.h>

#include "engine/formula.h"

tr_proof *tr_proof_new(tr_check *check, tr_arena *arena) {
  tr_proof *proof = TR_NEW(arena, tr_proof);
  proof->check = check;
  proof->arena = arena;
  tr_arena_init(&proof->question, arena->memory);
  tr_proof_texts_init(proof);
  proof->defines = TR_NEW_ARRAY(arena, tr_formula *, check->symbols->defines.count + 1);
  proof->criteria = TR_NEW_ARRAY(arena, tr_formula *, check->symbols->criteria.count + 1);
  return proof;
}

void tr_proof_begin(tr_proof *proof) {
  tr_arena_reset(&proof->question);
  proof->questions++;
  proof->states++;
  proof->goal_count = 0;
  proof->steps_in_all += proof->steps;
  proof->steps = 0;
}

/* ---- What the question is about -------------------------------------------------------------- */

/* How deep values are looked for behind values: `otherwise` of `larger of` of a definition … */
#define CUT_DEPTH_MAX 16

static void cut(tr_proof *proof, const tr_formula *formula, int64_t at, uint32_t depth) {
  if (formula->kind == FORMULA_VARIABLE) tr_proof_cut(proof, formula->variable, at);
  if (tr_formula_is_truth(formula) || formula->kind == FORMULA_SCORE || depth == 0) return;
  uint32_t from = formula->kind == FORMULA_TABLE ? formula->table->columns.count : 0;
  for (uint32_t i = from; i < formula->part_count; i++)
    cut(proof, formula->parts[i], at, depth - 1);
}

static void cut_columns(tr_proof *proof, const tr_formula *formula) {
  for (uint32_t i = 0; i < formula->table->columns.count; i++) {
    const tr_table_column *column = &formula->table->index->columns[i];
    const int64_t *cuts = formula->texts[i] ? formula->texts[i] : column->starts;
    uint32_t count = formula->texts[i] ? column->case_count - 1 : column->case_count;
    for (uint32_t k = 0; cuts && k < count; k++) {
      if (cuts[k] != INT64_MIN) cut(proof, formula->parts[i], cuts[k], CUT_DEPTH_MAX);
    }
  }
}

static void ask(tr_proof *proof, tr_formula *formula) {
  if (formula->question == proof->questions) return;
  formula->question = proof->questions;
  proof->steps_in_all++; /* questions that are answered at a glance add up, too */
  if (formula->kind == FORMULA_YES_NO || formula->kind == FORMULA_VARIABLE ||
      formula->kind == FORMULA_OF_TEXT)
    tr_proof_ask(proof, formula->variable);
  for (uint32_t i = 0; i < formula->part_count; i++) ask(proof, formula->parts[i]);
  if (formula->table) cut_columns(proof, formula);
  if (formula->kind != FORMULA_COMPARE && formula->kind != FORMULA_IN) return;
  for (uint32_t i = 0; i < formula->part_count; i++) {
    const tr_formula *end = formula->parts[i];
    if (end->kind != FORMULA_VALUE || end->unknown) continue;
    cut(proof, formula->parts[i == 0 ? 1 : 0], end->number, CUT_DEPTH_MAX);
  }
}

void tr_proof_want(tr_proof *proof, tr_formula *condition, uint8_t wanted) {
  if (proof->goal_count == TR_PROOF_GOALS_MAX) return;
  proof->goals[proof->goal_count].formula = condition;
  proof->goals[proof->goal_count++].wanted = wanted;
  ask(proof, condition);
}

void tr_proof_at_stage(tr_proof *proof, uint32_t stage) {
  for (uint32_t i = 0; i < proof->variables.count; i++) {
    if (proof->variables.items[i].kind == VARIABLE_STAGE)
      tr_proof_hold(proof, i, &(tr_cell_value){.low = stage, .high = stage});
  }
}

void tr_proof_hold(tr_proof *proof, uint32_t number, const tr_cell_value *cell) {
  tr_variable *variable = &proof->variables.items[number];
  if (variable->question != proof->questions) return;
  variable->cells = TR_NEW(&proof->question, tr_cell_value);
  *variable->cells = *cell;
  variable->cell_count = 1;
  variable->free = false;
}

/* ---- The search ------------------------------------------------------------------------------ */

/* false: something wanted is impossible. *open: a variable that the rest depends on, or TR_OPEN. */
static bool still_possible(tr_proof *proof, uint32_t *open) {
  *open = TR_OPEN;
  proof->states++;
  for (uint32_t i = 0; i < proof->goal_count; i++) {
    const tr_outlook *outlook = tr_formula_look(proof, proof->goals[i].formula);
    uint8_t wanted = proof->goals[i].wanted;
    if (!(outlook->truth & wanted)) return false;
    if ((outlook->truth & ~wanted) && *open == TR_OPEN) *open = outlook->open;
  }
  return true;
}

static tr_answer search(tr_proof *proof) {
  uint32_t open;
  if (!still_possible(proof, &open)) return PROOF_NO;
  if (open == TR_OPEN) return PROOF_YES;
  if (proof->steps > TR_PROOF_STEPS_MAX) return PROOF_GAVE_UP;
  tr_variable *variable = &proof->variables.items[open];
  assert(variable->cell == TR_OPEN && variable->question == proof->questions);
  for (uint32_t i = 0; i < variable->cell_count; i++) {
    variable->cell = i;
    tr_answer answer = search(proof);
    if (answer != PROOF_NO) return answer;
  }
  variable->cell = TR_OPEN;
  return PROOF_NO;
}

tr_answer tr_proof_search(tr_proof *proof) {
  if (proof->steps_in_all > TR_PROOF_STEPS_ALL_MAX) return PROOF_GAVE_UP;
  tr_proof_divide(proof);
  return search(proof);
}

tr_answer tr_proof_can_hold(tr_proof *proof, tr_formula *condition, tr_formula *other) {
  tr_proof_begin(proof);
  tr_proof_want(proof, condition, CAN_BE_TRUE);
  if (other) tr_proof_want(proof, other, CAN_BE_TRUE);
  return tr_proof_search(proof);
}
