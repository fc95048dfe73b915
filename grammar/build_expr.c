/* build_expr.c - making expressions; see build.h. */
#include <string.h>

#include "grammar/build.h"

tr_expr *tr_build_expr(tr_parse *parse, tr_expr_kind kind, tr_span span) {
  tr_expr *expr = TR_NEW(parse->arena, tr_expr);
  expr->kind = kind;
  expr->span = span;
  return expr;
}

/* The checker, the compiler and the printer follow an expression by recursion: here is its bound.
 */
static void deepen(tr_parse *parse, tr_expr *expr, const tr_expr *part) {
  if (part->depth + 1 > expr->depth) expr->depth = part->depth + 1;
  if (expr->depth <= TR_EXPR_DEPTH_MAX || parse->gave_up) return;
  tr_report(parse->diags, DIAG_TOO_DEEP, part->span, "this expression nests deeper than %d",
            TR_EXPR_DEPTH_MAX);
  parse->gave_up = true;
}

static void take_list(tr_parse *parse, tr_expr *expr, const tr_exprs *list) {
  expr->list = *list;
  for (uint32_t i = 0; i < list->count; i++) deepen(parse, expr, list->items[i]);
}

tr_expr *tr_build_unary(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_expr *left) {
  tr_expr *expr = tr_build_expr(parse, kind, span);
  expr->left = left;
  deepen(parse, expr, left);
  return expr;
}

static void mixed(tr_parse *parse, tr_span word) {
  tr_diag *diag = tr_report(parse->diags, DIAG_MIXED_AND_OR, word,
                            "'and' and 'or' stand side by side, which can be read in two ways");
  tr_diag_help(diag, "Put parentheses around the part that belongs together.");
}

tr_expr *tr_build_binary(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_expr *left,
                         tr_expr *right) {
  tr_expr *expr = tr_build_unary(parse, kind, span, left);
  expr->right = right;
  deepen(parse, expr, right);
  return expr;
}

/* `a and b and c` is one list, however long. */
static tr_expr *chain(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_expr *left,
                      tr_expr *right) {
  if (left->kind != kind || left->parenthesized) {
    tr_expr *expr = tr_build_expr(parse, kind, span);
    TR_PUSH(parse->arena, &expr->list, left);
    deepen(parse, expr, left);
    left = expr;
  }
  left->span = span;
  TR_PUSH(parse->arena, &left->list, right);
  deepen(parse, left, right);
  return left;
}

tr_expr *tr_build_and(tr_parse *parse, tr_span span, tr_expr *left, tr_expr *right) {
  return chain(parse, EXPR_AND, span, left, right);
}

static bool is_bare_and(const tr_expr *expr) {
  return expr->kind == EXPR_AND && !expr->parenthesized;
}

tr_expr *tr_build_or(tr_parse *parse, tr_span span, tr_expr *left, tr_expr *right, tr_span word) {
  if (is_bare_and(left) || is_bare_and(right)) mixed(parse, word);
  return chain(parse, EXPR_OR, span, left, right);
}

tr_expr *tr_build_not(tr_parse *parse, tr_expr *left) {
  return tr_build_unary(parse, EXPR_NOT, left->span, left);
}

tr_expr *tr_build_is_unknown(tr_parse *parse, tr_span span, tr_expr *left) {
  return tr_build_not(parse, tr_build_unary(parse, EXPR_IS_KNOWN, span, left));
}

tr_expr *tr_build_compare(tr_parse *parse, tr_span span, tr_compare compare, tr_expr *left,
                          tr_expr *right) {
  tr_expr *expr = tr_build_binary(parse, EXPR_COMPARE, span, left, right);
  expr->compare = compare;
  return expr;
}

tr_expr *tr_build_in(tr_parse *parse, tr_span span, tr_expr *left, tr_exprs *list) {
  tr_expr *expr = tr_build_unary(parse, EXPR_IN, span, left);
  take_list(parse, expr, list);
  return expr;
}

tr_expr *tr_build_in_list(tr_parse *parse, tr_span span, tr_expr *left, tr_name list) {
  tr_expr *expr = tr_build_unary(parse, EXPR_IN_LIST, span, left);
  expr->name = list;
  return expr;
}

tr_expr *tr_build_between(tr_parse *parse, tr_span span, tr_expr *value, tr_expr *low,
                          tr_expr *high) {
  tr_expr *expr = tr_build_unary(parse, EXPR_BETWEEN, span, value);
  tr_exprs *ends = tr_build_exprs(parse, tr_build_exprs(parse, NULL, low), high);
  take_list(parse, expr, ends);
  return expr;
}

tr_expr *tr_build_has_any(tr_parse *parse, tr_span span, tr_expr *left, tr_exprs *list) {
  tr_expr *expr = tr_build_unary(parse, EXPR_HAS_ANY_OF, span, left);
  take_list(parse, expr, list);
  return expr;
}

tr_expr *tr_build_named(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_name name) {
  tr_expr *expr = tr_build_expr(parse, kind, span);
  expr->name = name;
  return expr;
}

tr_expr *tr_build_ref(tr_parse *parse, tr_span span, tr_name name) {
  return tr_build_named(parse, EXPR_NAME, span, name);
}

tr_expr *tr_build_word(tr_parse *parse, tr_span span, const char *text) {
  return tr_build_ref(parse, span, tr_build_name(span, text));
}

tr_expr *tr_build_lookup(tr_parse *parse, tr_span span, tr_name catalogue, tr_exprs *keys,
                         tr_name column) {
  tr_expr *expr = tr_build_ref(parse, span, catalogue);
  expr->kind = EXPR_LOOKUP;
  take_list(parse, expr, keys);
  expr->member = column;
  return expr;
}

tr_expr *tr_build_parenthesized(tr_expr *expr) {
  expr->parenthesized = true;
  return expr;
}

tr_expr *tr_build_list_expr(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_exprs *list) {
  tr_expr *expr = tr_build_expr(parse, kind, span);
  take_list(parse, expr, list);
  return expr;
}

tr_expr *tr_build_at_least(tr_parse *parse, tr_span span, int64_t millionths, tr_exprs *list) {
  tr_expr *expr = tr_build_list_expr(parse, EXPR_AT_LEAST, span, list);
  expr->number = millionths / 1000000;
  if (millionths % 1000000 != 0 || expr->number < 1 || expr->number > list->count) {
    tr_report(parse->diags, DIAG_OUT_OF_RANGE, span,
              "'at least N of' takes a whole N from 1 to the %u conditions that stand there",
              list->count);
  }
  return expr;
}

tr_expr *tr_build_over(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_group group,
                       tr_expr *left) {
  tr_expr *expr = tr_build_unary(parse, kind, span, left);
  expr->group = group;
  return expr;
}

tr_expr *tr_build_signals(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_name signal,
                          int64_t last_ms) {
  tr_expr *expr = tr_build_ref(parse, span, signal);
  expr->kind = kind;
  expr->number = last_ms;
  return expr;
}

tr_expr *tr_build_measure(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_name field,
                          tr_name signal, int64_t last_ms) {
  tr_expr *expr = tr_build_signals(parse, kind, span, signal, last_ms);
  expr->member = field;
  parse->tree->measure_count++;
  return expr;
}

tr_expr *tr_build_count_days(tr_parse *parse, tr_span span, tr_span unit_span, int64_t unit_ms,
                             tr_name signal, int64_t last_ms) {
  if (unit_ms != 86400000) {
    tr_parse_wrong(parse, unit_span, "of the calendar only days are counted",
                   "Write 'count of days with'.");
  }
  return tr_build_measure(parse, EXPR_COUNT_DAYS, span, (tr_name){0}, signal, last_ms);
}

tr_expr *tr_build_active(tr_parse *parse, tr_span span, int64_t last_ms) {
  tr_name events = tr_build_name(span, TR_BUYER_EVENTS);
  tr_expr *count = tr_build_signals(parse, EXPR_COUNT, span, events, last_ms);
  tr_expr *one = tr_build_number(parse, span, EXPR_NUMBER, 1000000);
  return tr_build_compare(parse, span, COMPARE_GE, count, one);
}

tr_expr *tr_build_days(tr_parse *parse, tr_expr_kind kind, tr_span span, tr_span unit_span,
                       int64_t unit_ms, tr_expr *left) {
  if (unit_ms != 86400000) {
    tr_parse_wrong(parse, unit_span, "the distance to a date is counted in days",
                   "Write 'days until' or 'days since'.");
  }
  return tr_build_unary(parse, kind, span, left);
}

tr_exprs *tr_build_exprs(tr_parse *parse, tr_exprs *list, tr_expr *expr) {
  if (!list) list = TR_NEW(parse->arena, tr_exprs);
  TR_PUSH(parse->arena, list, expr);
  return list;
}

tr_expr *tr_build_number(tr_parse *parse, tr_span span, tr_expr_kind kind, int64_t number) {
  tr_expr *expr = tr_build_expr(parse, kind, span);
  expr->number = number;
  return expr;
}

tr_expr *tr_build_text(tr_parse *parse, tr_span span, const char *text) {
  tr_expr *expr = tr_build_expr(parse, EXPR_TEXT, span);
  expr->text = text;
  return expr;
}

tr_expr *tr_build_percent(tr_parse *parse, tr_span span, int64_t millionths) {
  if (millionths % 100 != 0) {
    tr_report(parse->diags, DIAG_NUMBER_TOO_LARGE, span, "a percentage has four decimals at most");
  }
  return tr_build_number(parse, span, EXPR_PERCENT, millionths / 100);
}

/* As it is written, zeros included. */
static int64_t decimals_written(const tr_parse *parse, tr_span span) {
  const char *bytes = parse->diags->sources.files.items[span.file].bytes;
  uint32_t at = span.from, from;
  while (at < span.to && bytes[at] != '.') at++;
  for (from = ++at; at < span.to && bytes[at] >= '0' && bytes[at] <= '9';) at++;
  return at - from;
}

tr_expr *tr_build_amount(tr_parse *parse, tr_span span, int64_t millionths,
                         tr_token_value currency) {
  int64_t unit = 1000000;
  for (int64_t i = 0; i < currency.number; i++) unit /= 10;
  if (decimals_written(parse, span) > currency.number) {
    tr_diag *diag =
        tr_report(parse->diags, DIAG_NUMBER_TOO_LARGE, span,
                  "an amount in %s has %d decimals at most", currency.text, (int)currency.number);
    tr_diag_help(diag,
                 "The point is the decimal mark; thousands are written without one, as in "
                 "'5000 %s'.",
                 currency.text);
  }
  tr_expr *expr = tr_build_number(parse, span, EXPR_MONEY, millionths / unit);
  expr->currency = currency.text;
  expr->index = (uint32_t)currency.number;
  return expr;
}
