/* proof_eval.c - what a formula can be while some of its variables are open: all that is possible,
 * perhaps more, never less; see proof.h. */
#include <string.h>

#include "engine/formula.h"

#define KNOWN_TRUTH (CAN_BE_FALSE | CAN_BE_TRUE)

static void depend(tr_outlook *outlook, const tr_outlook *part) {
  if (outlook->open == TR_OPEN) outlook->open = part->open;
}

static const tr_outlook *look_at(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula,
                                 uint32_t part) {
  const tr_outlook *found = tr_formula_look(proof, formula->parts[part]);
  depend(outlook, found);
  return found;
}

/* ---- Truths ---------------------------------------------------------------------------------- */

static uint8_t opposite(uint8_t truth) {
  return (uint8_t)((truth & CAN_BE_UNKNOWN) | (truth & CAN_BE_TRUE ? CAN_BE_FALSE : 0) |
                   (truth & CAN_BE_FALSE ? CAN_BE_TRUE : 0));
}

/* True when n parts are, false when fewer than n can still become true: `and` wants all, `or` one.
 */
static uint8_t at_least(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula,
                        uint32_t n) {
  uint32_t can_be_true = 0, true_ones = 0, open = 0, not_false = 0, not_always_false = 0;
  for (uint32_t i = 0; i < formula->part_count; i++) {
    uint8_t truth = look_at(proof, outlook, formula, i)->truth;
    can_be_true += (truth & CAN_BE_TRUE) != 0;
    true_ones += truth == CAN_BE_TRUE;
    open += (truth & CAN_BE_UNKNOWN) != 0;
    not_false += !(truth & CAN_BE_FALSE);
    not_always_false += truth != CAN_BE_FALSE;
    if (true_ones >= n) return CAN_BE_TRUE;
    if (not_always_false + (formula->part_count - i - 1) < n) return CAN_BE_FALSE;
  }
  uint8_t truth = 0;
  if (can_be_true >= n) truth |= CAN_BE_TRUE;
  if (not_false < n) truth |= CAN_BE_FALSE;
  if (open > 0 && not_always_false >= n && true_ones < n) truth |= CAN_BE_UNKNOWN;
  return truth;
}

static uint8_t criterion(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula) {
  uint8_t met = look_at(proof, outlook, formula, 0)->truth;
  if (formula->part_count == 1) return met;
  uint8_t unmet = look_at(proof, outlook, formula, 1)->truth, truth = 0;
  uint8_t met_not = met & (CAN_BE_FALSE | CAN_BE_UNKNOWN),
          unmet_not = unmet & (CAN_BE_FALSE | CAN_BE_UNKNOWN);
  if ((met & CAN_BE_TRUE) && unmet_not) truth |= CAN_BE_TRUE;
  if ((unmet & CAN_BE_TRUE) && met_not) truth |= CAN_BE_FALSE;
  if ((met_not && unmet_not) || (met & unmet & CAN_BE_TRUE)) truth |= CAN_BE_UNKNOWN;
  return truth;
}

/* ---- Comparing ------------------------------------------------------------------------------- */

/* Which of true and false it can be that some value of a stands so to some value of b. */
static uint8_t compare_spans(tr_compare compare, const tr_outlook *a, const tr_outlook *b) {
  bool can = true, must = false;
  switch (compare) {
    case COMPARE_LT:
      can = a->low < b->high;
      must = a->high < b->low;
      break;
    case COMPARE_LE:
      can = a->low <= b->high;
      must = a->high <= b->low;
      break;
    case COMPARE_GT:
      can = a->high > b->low;
      must = a->low > b->high;
      break;
    case COMPARE_GE:
      can = a->high >= b->low;
      must = a->low >= b->high;
      break;
    case COMPARE_EQ:
    case COMPARE_NE:
      can = a->low <= b->high && b->low <= a->high;
      must = a->low == a->high && b->low == b->high && a->low == b->low;
      break;
  }
  uint8_t truth = (uint8_t)((can ? CAN_BE_TRUE : 0) | (must ? 0 : CAN_BE_FALSE));
  return compare == COMPARE_NE ? opposite(truth) : truth;
}

static uint8_t compare(const tr_outlook *a, const tr_outlook *b, tr_compare how) {
  uint8_t truth = a->may_be_unknown || b->may_be_unknown ? CAN_BE_UNKNOWN : 0;
  if (!a->may_be_known || !b->may_be_known) return truth ? truth : CAN_BE_UNKNOWN;
  uint8_t spans = compare_spans(how, a, b);
  if (a->is_range || b->is_range)
    return (uint8_t)(truth | (spans == KNOWN_TRUTH ? CAN_BE_UNKNOWN : spans));
  if (a->may_be_range || b->may_be_range) truth |= spans == KNOWN_TRUTH ? CAN_BE_UNKNOWN : 0;
  return truth | spans;
}

static uint8_t in_list(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula) {
  const tr_outlook *value = look_at(proof, outlook, formula, 0);
  uint8_t truth = value->may_be_unknown || value->may_be_range ? CAN_BE_UNKNOWN : 0;
  if (!value->may_be_known) return truth ? truth : CAN_BE_UNKNOWN;
  bool can = false, must = false;
  for (uint32_t i = 1; i < formula->part_count; i++) {
    int64_t item = formula->parts[i]->number;
    can |= value->low <= item && item <= value->high;
    must |= value->low == item && item == value->high;
  }
  if (value->is_range && can && !must) return CAN_BE_UNKNOWN;
  return (uint8_t)(truth | (can ? CAN_BE_TRUE : 0) | (must ? 0 : CAN_BE_FALSE));
}

static uint8_t of_variable(const tr_proof *proof, tr_outlook *outlook, uint32_t number) {
  const tr_variable *variable = &proof->variables.items[number];
  if (variable->cell != TR_OPEN) {
    const tr_cell_value *cell = &variable->cells[variable->cell];
    return cell->unknown ? CAN_BE_UNKNOWN : cell->low ? CAN_BE_TRUE : CAN_BE_FALSE;
  }
  if (outlook->open == TR_OPEN) outlook->open = number;
  return variable->always_known ? KNOWN_TRUTH : CAN_BE_ANY;
}

/* What can be said at once of a text that some condition names, as the engine compares. */
static uint8_t of_named_text(const tr_proof *proof, const tr_formula *formula, int64_t value) {
  const char *text = proof->texts.items[value].folded,
             *part = proof->texts.items[formula->number].folded;
  size_t length = strlen(text), part_length = strlen(part);
  bool holds;
  switch (formula->asked) {
    case EXPR_STARTS_WITH: holds = tr_text_starts_with(text, length, part, part_length); break;
    case EXPR_ENDS_WITH: holds = tr_text_ends_with(text, length, part, part_length); break;
    case EXPR_CONTAINS: holds = tr_text_contains(text, length, part, part_length); break;
    default: return 0;
  }
  return holds ? CAN_BE_TRUE : CAN_BE_FALSE;
}

static uint8_t of_text(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula) {
  const tr_outlook *text = look_at(proof, outlook, formula, 0);
  uint8_t truth = text->may_be_unknown ? CAN_BE_UNKNOWN : 0, named = 0;
  if (!text->may_be_known) return truth;
  if (text->low == text->high && text->low >= 0) named = of_named_text(proof, formula, text->low);
  return truth | (named ? named : of_variable(proof, outlook, formula->variable));
}

static uint8_t is_known(const tr_outlook *part, const tr_formula *formula) {
  if (tr_formula_is_truth(formula->parts[0])) {
    return (uint8_t)((part->truth & KNOWN_TRUTH ? CAN_BE_TRUE : 0) |
                     (part->truth & CAN_BE_UNKNOWN ? CAN_BE_FALSE : 0));
  }
  if (part->is_range || part->may_be_range) return KNOWN_TRUTH;
  return (uint8_t)((part->may_be_known ? CAN_BE_TRUE : 0) |
                   (part->may_be_unknown ? CAN_BE_FALSE : 0));
}

static uint8_t truth_of(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula) {
  switch (formula->kind) {
    case FORMULA_TRUTH: return (uint8_t)formula->number;
    case FORMULA_YES_NO: return of_variable(proof, outlook, formula->variable);
    case FORMULA_NOT: return opposite(look_at(proof, outlook, formula, 0)->truth);
    case FORMULA_AND: return at_least(proof, outlook, formula, formula->part_count);
    case FORMULA_OR: return at_least(proof, outlook, formula, 1);
    case FORMULA_AT_LEAST: return at_least(proof, outlook, formula, (uint32_t)formula->number);
    case FORMULA_COMPARE: {
      const tr_outlook *a = look_at(proof, outlook, formula, 0);
      return compare(a, look_at(proof, outlook, formula, 1), formula->compare);
    }
    case FORMULA_IN: return in_list(proof, outlook, formula);
    case FORMULA_OF_TEXT: return of_text(proof, outlook, formula);
    case FORMULA_IS_KNOWN: return is_known(look_at(proof, outlook, formula, 0), formula);
    case FORMULA_IS_OPEN: {
      uint8_t part = look_at(proof, outlook, formula, 0)->truth;
      return (uint8_t)((part & CAN_BE_UNKNOWN ? CAN_BE_TRUE : 0) |
                       (part & KNOWN_TRUTH ? CAN_BE_FALSE : 0));
    }
    case FORMULA_CRITERION: return criterion(proof, outlook, formula);
    case FORMULA_TABLE_TRUTH: tr_formula_table(proof, outlook, formula); return outlook->truth;
    default: {
      const tr_outlook *value = look_at(proof, outlook, formula, 0);
      uint8_t truth = value->may_be_unknown || value->may_be_range ? CAN_BE_UNKNOWN : 0;
      if (!value->may_be_known) return truth;
      return (uint8_t)(truth | (value->high > 0 ? CAN_BE_TRUE : 0) |
                       (value->low <= 0 ? CAN_BE_FALSE : 0));
    }
  }
}

/* ---- Values ---------------------------------------------------------------------------------- */

static void variable_value(tr_proof *proof, tr_outlook *outlook, uint32_t number) {
  const tr_variable *variable = &proof->variables.items[number];
  bool open = variable->cell == TR_OPEN;
  if (open && !variable->free) outlook->open = number;
  uint32_t from = open ? 0 : variable->cell, to = open ? variable->cell_count : from + 1;
  outlook->may_be_range = variable->free || (open && variable->ranges);
  for (uint32_t i = from; i < to; i++) {
    const tr_cell_value *cell = &variable->cells[i];
    outlook->may_be_unknown |= cell->unknown;
    if (cell->unknown) continue;
    if (!outlook->may_be_known || cell->low < outlook->low) outlook->low = cell->low;
    if (!outlook->may_be_known || cell->high > outlook->high) outlook->high = cell->high;
    outlook->may_be_known = true;
  }
  outlook->is_range = !open && outlook->may_be_known && outlook->low < outlook->high;
  if (!variable->free) return;
  outlook->low = variable->low;
  outlook->high = variable->high;
  outlook->is_range = false;
}

void tr_outlook_unite(tr_outlook *outlook, const tr_outlook *part) {
  outlook->may_be_unknown |= part->may_be_unknown;
  outlook->may_be_range |= part->may_be_range || part->is_range;
  if (!part->may_be_known) return;
  if (!outlook->may_be_known || part->low < outlook->low) outlook->low = part->low;
  if (!outlook->may_be_known || part->high > outlook->high) outlook->high = part->high;
  outlook->may_be_known = true;
}

static void otherwise(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula) {
  const tr_outlook *first = look_at(proof, outlook, formula, 0);
  tr_outlook_unite(outlook, first);
  outlook->may_be_unknown = false;
  if (first->may_be_unknown || first->may_be_range || first->is_range)
    tr_outlook_unite(outlook, look_at(proof, outlook, formula, 1));
}

/* Of what is unknown the larger of two may still be known to be no less than the other: any. */
static void extreme(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula) {
  bool larger = formula->kind == FORMULA_LARGER;
  for (uint32_t i = 0; i < formula->part_count; i++) {
    const tr_outlook *part = look_at(proof, outlook, formula, i);
    outlook->may_be_unknown |= part->may_be_unknown;
    outlook->may_be_range |= part->may_be_unknown || part->may_be_range || part->is_range;
    if (!part->may_be_known) continue;
    if (!outlook->may_be_known || (larger ? part->low > outlook->low : part->low < outlook->low))
      outlook->low = part->low;
    if (!outlook->may_be_known ||
        (larger ? part->high > outlook->high : part->high < outlook->high))
      outlook->high = part->high;
    outlook->may_be_known = true;
  }
  if (!outlook->may_be_range) return;
  outlook->may_be_known = true;
  outlook->low = INT64_MIN;
  outlook->high = INT64_MAX;
}

static int64_t clamped(int64_t value, int64_t low, int64_t high) {
  return value < low ? low : value > high ? high : value;
}

static void score(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula) {
  bool settled = true, ranges = false;
  outlook->may_be_known = true;
  for (uint32_t i = 0; i < formula->part_count; i++) {
    uint8_t truth = look_at(proof, outlook, formula, i)->truth;
    int64_t points = formula->points[i];
    bool sure = truth == CAN_BE_TRUE, may = truth != CAN_BE_FALSE;
    outlook->low += sure || (may && points < 0) ? points : 0;
    outlook->high += sure || (may && points > 0) ? points : 0;
    settled &= truth == CAN_BE_TRUE || truth == CAN_BE_FALSE || truth == CAN_BE_UNKNOWN;
    ranges |= (truth & CAN_BE_UNKNOWN) != 0;
  }
  outlook->low = clamped(outlook->low, formula->low, formula->high);
  outlook->high = clamped(outlook->high, formula->low, formula->high);
  outlook->is_range = settled && outlook->low < outlook->high;
  outlook->may_be_range = ranges;
}

static void owner(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula) {
  const tr_outlook *stage = look_at(proof, outlook, formula, 0);
  outlook->may_be_known = true;
  outlook->low = INT64_MAX;
  outlook->high = INT64_MIN;
  for (int64_t i = stage->low; i <= stage->high; i++) {
    int64_t party = formula->owners[i];
    if (party < outlook->low) outlook->low = party;
    if (party > outlook->high) outlook->high = party;
  }
}

static void value_of(tr_proof *proof, tr_outlook *outlook, const tr_formula *formula) {
  switch (formula->kind) {
    case FORMULA_VALUE:
      outlook->may_be_unknown = formula->unknown;
      outlook->may_be_known = !formula->unknown;
      outlook->low = outlook->high = formula->number;
      return;
    case FORMULA_VARIABLE: variable_value(proof, outlook, formula->variable); return;
    case FORMULA_TRUTH_AS_VALUE: {
      uint8_t truth = look_at(proof, outlook, formula, 0)->truth;
      outlook->may_be_unknown = truth & CAN_BE_UNKNOWN;
      outlook->may_be_known = truth & KNOWN_TRUTH;
      outlook->low = truth & CAN_BE_FALSE ? 0 : 1;
      outlook->high = truth & CAN_BE_TRUE ? 1 : 0;
      return;
    }
    case FORMULA_OTHERWISE: otherwise(proof, outlook, formula); return;
    case FORMULA_LOWERED: {
      tr_outlook_unite(outlook, look_at(proof, outlook, formula, 0));
      outlook->low = clamped(outlook->low - formula->number, 0, formula->high);
      outlook->high = clamped(outlook->high - formula->number, 0, formula->high);
      return;
    }
    case FORMULA_LARGER:
    case FORMULA_SMALLER: extreme(proof, outlook, formula); return;
    case FORMULA_OWNER: owner(proof, outlook, formula); return;
    case FORMULA_SCORE: score(proof, outlook, formula); return;
    default: tr_formula_table(proof, outlook, formula); return;
  }
}

static bool is_settled(const tr_outlook *outlook, bool truth) {
  if (truth) return !(outlook->truth & (outlook->truth - 1));
  return outlook->may_be_known && outlook->low == outlook->high && !outlook->may_be_unknown &&
         !outlook->may_be_range;
}

const tr_outlook *tr_formula_look(tr_proof *proof, tr_formula *formula) {
  if (formula->state == proof->states) return &formula->outlook;
  tr_outlook outlook = {.open = TR_OPEN};
  bool truth = tr_formula_is_truth(formula);
  proof->steps++;
  if (truth)
    outlook.truth = truth_of(proof, &outlook, formula);
  else
    value_of(proof, &outlook, formula);
  if (is_settled(&outlook, truth)) outlook.open = TR_OPEN;
  formula->state = proof->states;
  formula->outlook = outlook;
  return &formula->outlook;
}
