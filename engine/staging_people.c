/* staging_people.c - the members that a condition on members needs; see staging.h.
 *
 * Some conditions hold of all: `any member has (X)` that is to be false, `every member has (X)`
 * that is to be true. The others need somebody: who fits is looked for among those who are there,
 * then made up, with all that holds of all. */
#include "engine/formula.h"
#include "engine/staging.h"

static const tr_variable *variable_of(const tr_staging *staging, const tr_staged_fact *fact) {
  return &staging->proof->variables.items[fact->variable];
}

/* What is asked of one member. */
typedef struct wish {
  const tr_expr *condition; /* NULL: anybody will do */
  uint8_t wanted;
} wish;

/* ---- What holds of all ----------------------------------------------------------------------- */

/* What the fact says of every member; false: it says nothing of that kind. */
static bool holds_of_all(const tr_staging *staging, const tr_staged_fact *fact, wish *wish) {
  const tr_variable *variable = variable_of(staging, fact);
  const tr_expr *expr = variable->kind == VARIABLE_OTHER ? variable->expr : NULL;
  if (!expr || expr->group != GROUP_MEMBERS || fact->cell.unknown) return false;
  bool any = expr->kind == EXPR_ANY_HAS, every = expr->kind == EXPR_EVERY_HAS;
  bool none = expr->kind == EXPR_COUNT_WITH && expr->left && fact->as_nothing;
  wish->condition = expr->left;
  wish->wanted = every ? CAN_BE_TRUE : CAN_BE_FALSE;
  return none || (any && fact->cell.low == 0) || (every && fact->cell.low == 1);
}

/* Who is counted elsewhere should not be one more there. */
static bool is_counted(const tr_staging *staging, const tr_staged_fact *fact, wish *wish) {
  const tr_variable *variable = variable_of(staging, fact);
  const tr_expr *expr = variable->kind == VARIABLE_OTHER ? variable->expr : NULL;
  if (!expr || expr->kind != EXPR_COUNT_WITH || expr->group != GROUP_MEMBERS || !expr->left)
    return false;
  wish->condition = expr->left;
  wish->wanted = CAN_BE_FALSE | CAN_BE_UNKNOWN;
  return !fact->cell.unknown && !fact->as_nothing;
}

/* ---- One member ------------------------------------------------------------------------------ */

static void want(const tr_staging *staging, const wish *wish) {
  if (wish->condition)
    tr_proof_want(staging->proof, tr_proof_formula(staging->proof, wish->condition), wish->wanted);
}

static void want_of_all(const tr_staging *staging, const wish *own, bool apart) {
  wish wish;
  for (uint32_t i = 0; i < staging->facts.count; i++) {
    const tr_staged_fact *fact = &staging->facts.items[i];
    bool counted = apart && is_counted(staging, fact, &wish) && wish.condition != own->condition;
    if (counted || holds_of_all(staging, fact, &wish)) want(staging, &wish);
  }
}

static bool search_member(tr_staging *staging, const wish *wish, uint32_t who, bool apart) {
  tr_proof_begin(staging->proof);
  want(staging, wish);
  want_of_all(staging, wish, apart);
  return tr_staging_search(staging, who);
}

/* One more member of whom this is so. */
static bool add_member(tr_staging *staging, const wish *wish) {
  uint32_t who = tr_staging_person(staging);
  if (who == TR_NOBODY) return false;
  if (!search_member(staging, wish, who, true) && !search_member(staging, wish, who, false))
    return false;
  tr_staging_take(staging, who);
  return true;
}

/* Whether it is so of that person as far as all is known. */
static bool is_so_of(tr_staging *staging, const wish *wish, uint32_t who) {
  if (!wish->condition) return true;
  tr_proof_begin(staging->proof);
  tr_formula *formula = tr_proof_formula(staging->proof, wish->condition);
  tr_proof_want(staging->proof, formula, (uint8_t)(CAN_BE_ANY & ~wish->wanted));
  tr_staging_hold(staging, who);
  return tr_proof_search(staging->proof) == PROOF_NO;
}

/* Sees to it that it is so of as many. */
static void need(tr_staging *staging, const tr_staged_fact *fact, const wish *wish, int64_t count) {
  for (uint32_t i = 0; i < staging->people; i++) count -= is_so_of(staging, wish, i);
  if (count > TR_STAGED_PEOPLE_MAX) count = TR_STAGED_PEOPLE_MAX + 1;
  for (; count > 0; count--) {
    if (add_member(staging, wish)) continue;
    tr_staging_beyond(staging, fact);
    return;
  }
}

/* ---- A value that somebody has --------------------------------------------------------------- */

/* `X = value`, as if it were written. */
static const tr_expr *equals(tr_staging *staging, tr_expr *asked, int64_t value) {
  tr_expr *constant = TR_NEW(staging->arena, tr_expr), *equals = TR_NEW(staging->arena, tr_expr);
  *constant = (tr_expr){.kind = EXPR_NUMBER, .number = value, .type = asked->type};
  *equals = (tr_expr){.kind = EXPR_COMPARE,
                      .compare = COMPARE_EQ,
                      .left = asked,
                      .right = constant,
                      .type = &tr_type_truth};
  return equals;
}

static void need_value(tr_staging *staging, const tr_staged_fact *fact, const tr_expr *expr) {
  if (fact->cell.unknown || (expr->kind == EXPR_SUM_OF && fact->as_nothing)) return;
  const wish wish = {equals(staging, expr->left, fact->cell.low), CAN_BE_TRUE};
  need(staging, fact, &wish, 1);
}

/* ---- The whole ------------------------------------------------------------------------------- */

void tr_staging_group(tr_staging *staging, const tr_staged_fact *fact) {
  const tr_expr *expr = variable_of(staging, fact)->expr;
  const wish fits = {expr->left, CAN_BE_TRUE}, fails = {expr->left, CAN_BE_FALSE};
  wish all;
  if (expr->group != GROUP_MEMBERS) {
    tr_staging_beyond(staging, fact);
    return;
  }
  staging->asks_members = true;
  if (fact->cell.unknown || holds_of_all(staging, fact, &all)) return;
  switch (expr->kind) {
    case EXPR_ANY_HAS: need(staging, fact, &fits, 1); return;
    case EXPR_EVERY_HAS: need(staging, fact, &fails, 1); return;
    case EXPR_COUNT_WITH:
      if (!fact->as_nothing) need(staging, fact, &fits, fact->cell.low / 1000000);
      return;
    default: need_value(staging, fact, expr); return;
  }
}
