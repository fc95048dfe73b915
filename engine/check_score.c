/* check_score.c - scores: what adds points, and what becomes of them. */
#include "engine/check.h"
#include "engine/limits.h"

/* ---- Points ---------------------------------------------------------------------------------- */

static void check_clamp(tr_check *check, const tr_score *score) {
  if (score->low && score->high && score->low->number > score->high->number) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, score->low->span,
              "the score's lower end lies above its upper");
  }
  if (score->halves_ms &&
      (score->halves_ms < TR_HALVES_MIN_MS || score->halves_ms > TR_HALVES_MAX_MS)) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, score->name.span,
              "a half-life is one hour to 100,000 days");
  }
}

static void check_amount(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *type = tr_check_expr(check, scope, expr, &tr_type_number);
  if (type->kind == TYPE_ERROR) return;
  if (type->kind != TYPE_NUMBER && type->kind != TYPE_WHOLE) {
    tr_report(check->diags, DIAG_WRONG_TYPE, expr->span, "points are a number, and this is %s",
              tr_type_text(check->arena, type));
    return;
  }
  int64_t most = INT64_C(1000000) * TR_POINTS_MAX;
  const tr_expr *size = expr->kind == EXPR_NEGATE ? expr->left : expr;
  if (size->kind == EXPR_NUMBER && (size->number > most || size->number < -most)) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, expr->span, "an event adds %d points at most",
              TR_POINTS_MAX);
  }
}

static void check_limits(tr_check *check, const tr_points *points) {
  if (points->at_most && points->at_most->kind != EXPR_NUMBER)
    tr_report(check->diags, DIAG_WRONG_TYPE, points->at_most->span, "a limit is a number");
}

static void check_on(tr_check *check, const tr_score *score, tr_points *points) {
  tr_scope scope = {.entity = score->entity};
  const tr_symbol *symbol =
      tr_check_name(check, points->on, SYMBOL_SIGNAL, SYMBOL_EVENT, "a signal or event");
  if (!symbol) return;
  tr_check_use_trigger(check, symbol);
  tr_check_signal_order(check, symbol, points->on.span);
  if (points->kind == POINTS_RESET) return;
  scope.event = tr_check_trigger_event(check, symbol);
  check_amount(check, &scope, points->add);
  check_limits(check, points);
}

static void check_points(tr_check *check, const tr_score *score, tr_points *points) {
  tr_scope scope = {.entity = score->entity};
  if (points->reset_to) check_amount(check, &scope, points->reset_to);
  switch (points->kind) {
    case POINTS_ON:
    case POINTS_RESET: check_on(check, score, points); return;
    case POINTS_ENTERING:
      tr_check_name(check, points->on, SYMBOL_STAGE, SYMBOL_STAGE, "a stage");
      return;
    case POINTS_LOSES:
      tr_check_use_buyers(check);
      check_amount(check, &scope, points->add);
      return;
    case POINTS_WHEN:
      tr_check_condition(check, &scope, points->when);
      check_amount(check, &scope, points->add);
      return;
  }
}

/* ---- A score --------------------------------------------------------------------------------- */

static void check_life(tr_check *check, tr_score *score) {
  tr_scope scope = {.entity = score->entity};
  if (score->counts_while) tr_check_condition(check, &scope, score->counts_while);
  if (score->frozen_while) tr_check_condition(check, &scope, score->frozen_while);
  if (score->expires_ms < 0 || (score->expires_span.to > 0 && score->expires_ms == 0))
    tr_report(check->diags, DIAG_OUT_OF_RANGE, score->expires_span,
              "points that expire at once never count");
}

void tr_check_score_order(tr_check *check, uint32_t index, tr_span from) {
  tr_score *score = check->tree->scores.items[index];
  if (!tr_check_begin(check, &check->scores[index], &score->name, from)) return;
  uint32_t outer = check->following;
  check->following = TR_NO_DEFINE;
  check_clamp(check, score);
  check_life(check, score);
  for (uint32_t k = 0; k < score->points.count; k++)
    check_points(check, score, &score->points.items[k]);
  check->following = outer;
  tr_check_end(check, &check->scores[index], from);
  tr_watched watched = {.score = true, .index = index};
  TR_PUSH(check->arena, &check->watch_order, watched);
}
