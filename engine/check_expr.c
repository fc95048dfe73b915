/* check_expr.c - expressions: that both sides go together; what a name means is check_name.c's. */
#include "engine/check_expr.h"

#include <assert.h>
#include <string.h>

#include "engine/limits.h"
#include "engine/table.h"

static const char *say(tr_check *check, const tr_type *type) {
  return tr_type_text(check->arena, type);
}

/* ---- Both sides ------------------------------------------------------------------------------ */

static bool is_number(const tr_type *type) {
  return type->kind == TYPE_NUMBER || type->kind == TYPE_WHOLE || type->kind == TYPE_ERROR;
}

static bool is_amount(const tr_type *type) {
  return is_number(type) || type->kind == TYPE_MONEY || type->kind == TYPE_DURATION;
}

/* How a constant is written for it to be of the type, where that is clear. */
static void help_constant(tr_check *check, tr_diag *diag, const tr_type *type,
                          const tr_expr *value) {
  const char *written = tr_source_quote(&check->diags->sources, check->arena, value->span);
  if (type->kind == TYPE_MONEY && value->kind == EXPR_NUMBER)
    tr_diag_help(diag, "Write '%s %s'.", written, type->currency);
  else if (tr_type_is_text(type) && !value->type &&
           (value->kind == EXPR_NAME || value->kind == EXPR_NUMBER))
    tr_diag_help(diag, "Put it in quotes: \"%s\".", written);
  else if (value->kind == EXPR_TEXT &&
           (tr_type_has_values(type) ||
            (is_amount(type) && strspn(value->text, "0123456789.") > 0)))
    tr_diag_help(diag, "Write it without quotes.");
}

static const tr_type *mismatch(tr_check *check, tr_expr *expr, const char *what) {
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, expr->span, "%s cannot be %s %s",
                            say(check, expr->left->type), what, say(check, expr->right->type));
  help_constant(check, diag, expr->left->type, expr->right);
  return fail(expr);
}

/* Checks two operands, the one that means something by itself first; false: they do not go
 * together. */
static bool check_pair(tr_check *check, const tr_scope *scope, tr_expr *expr,
                       const tr_type *wanted) {
  tr_expr *first = expr->left, *second = expr->right;
  if (!tr_check_has_meaning(check, scope, first) && tr_check_has_meaning(check, scope, second)) {
    first = expr->right;
    second = expr->left;
  }
  const tr_type *type = tr_check_expr(check, scope, first, wanted);
  if (type->kind == TYPE_ERROR && !tr_check_has_meaning(check, scope, second))
    fail(second); /* a value of who knows what */
  else
    tr_check_expr(check, scope, second, type->kind == TYPE_ERROR ? wanted : type);
  return tr_type_same(expr->left->type, expr->right->type);
}

static bool is_constant(const tr_expr *expr) {
  if (expr->kind == EXPR_NEGATE) return is_constant(expr->left);
  return expr->kind == EXPR_NUMBER || expr->kind == EXPR_PERCENT;
}

static void refuse_decay(tr_check *check, const tr_expr *expr) {
  if (!expr->decays) return;
  tr_diag *diag =
      tr_report(check->diags, DIAG_DECAYING, expr->span,
                "a score that halves may be compared with a constant, but not computed with");
  tr_diag_help(diag, "Compare it with a number, or take max, min or sum of it over members.");
}

/* An age changes by the millisecond: it may be compared and added to, and two may be subtracted. */
static void refuse_age(tr_check *check, const tr_expr *expr) {
  if (!expr->grows) return;
  tr_diag *diag = tr_report(check->diags, DIAG_DECAYING, expr->span,
                            "a time that grows with the clock may be compared and added to, but "
                            "not computed with otherwise");
  tr_diag_help(diag, "Compare it with a time: '%s > 3 days', for example.",
               tr_source_quote(&check->diags->sources, check->arena, expr->span));
}

static const tr_type *check_compare(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  if (!check_pair(check, scope, expr, NULL)) return mismatch(check, expr, "compared with");
  const tr_type *type = expr->left->type;
  bool order = expr->compare != COMPARE_EQ && expr->compare != COMPARE_NE;
  if (order && !tr_type_is_ordered(type)) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, expr->span,
                              "%s has no order: it can only be equal or not", say(check, type));
    if (type->kind == TYPE_ONE_OF)
      tr_diag_help(diag, "A type with an order is a 'scale (a < b < c)'.");
    return fail(expr);
  }
  if (type->kind == TYPE_TEXTS) {
    tr_report(check->diags, DIAG_WRONG_TYPE, expr->span,
              "lists of text are not compared; ask whether one 'has' a text");
    return fail(expr);
  }
  if (expr->left->decays && !is_constant(expr->right)) refuse_decay(check, expr->left);
  if (expr->right->decays && !is_constant(expr->left)) refuse_decay(check, expr->right);
  return expr->type = &tr_type_truth;
}

static const tr_type *check_before(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *type = tr_check_expr(check, scope, expr->left, NULL);
  if (type->kind != TYPE_ERROR && type != check->symbols->phase_type) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, expr->left->span,
                              "'before' asks for a phase, and this is %s", say(check, type));
    if (tr_type_is_ordered(type)) tr_diag_help(diag, "Write '<'.");
    return fail(expr);
  }
  if (!tr_check_constant(check, expr->right, type, "'before'")) return fail(expr);
  expr->compare = COMPARE_LT;
  return expr->type = &tr_type_truth;
}

static const tr_type *check_list(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  if (!expr->left) { /* a row of `each` put a list where one value of a list stands */
    tr_report(check->diags, DIAG_WRONG_TYPE, expr->span, "a list cannot stand inside a list");
    return fail(expr);
  }
  const tr_type *type = tr_check_expr(check, scope, expr->left, NULL);
  refuse_decay(check, expr->left);
  if (type->kind == TYPE_SET || type->kind == TYPE_TEXTS) {
    tr_report(check->diags, DIAG_WRONG_TYPE, expr->left->span,
              "%s is asked with 'has', not with 'in'", say(check, type));
    return fail(expr);
  }
  for (uint32_t i = 0; i < expr->list.count; i++) {
    tr_check_constant(check, expr->list.items[i], type, "this list");
  }
  return expr->type = &tr_type_truth;
}

static const tr_type *check_in_list(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *type = tr_check_expr(check, scope, expr->left, NULL);
  const tr_symbol *list = tr_check_name(check, expr->name, SYMBOL_LIST, SYMBOL_LIST, "a list");
  if (type->kind == TYPE_ERROR || !list) return fail(expr);
  if (!tr_type_is_text(type)) {
    tr_report(check->diags, DIAG_WRONG_TYPE, expr->left->span, "a list holds texts, and this is %s",
              say(check, type));
    return fail(expr);
  }
  expr->index = list->index;
  return expr->type = &tr_type_truth;
}

static const tr_type *check_between(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *type = tr_check_expr(check, scope, expr->left, NULL);
  for (uint32_t i = 0; i < 2; i++) {
    tr_expr *end = expr->list.items[i];
    const tr_type *end_type = tr_check_expr(check, scope, end, type);
    refuse_decay(check, end);
    if (expr->left->decays && !is_constant(end)) refuse_decay(check, expr->left);
    if (!tr_type_same(type, end_type) || !tr_type_is_ordered(type)) {
      tr_report(check->diags, DIAG_WRONG_TYPE, expr->span, "%s cannot lie between %s",
                say(check, type), say(check, end_type));
      return fail(expr);
    }
  }
  return expr->type = &tr_type_truth;
}

static bool want_text(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *type = tr_check_expr(check, scope, expr, &tr_type_text_);
  if (type->kind == TYPE_ERROR || tr_type_is_text(type)) return true;
  tr_report(check->diags, DIAG_WRONG_TYPE, expr->span, "text is needed here, and this is %s",
            say(check, type));
  return false;
}

static const tr_type *check_text_operator(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  bool left = want_text(check, scope, expr->left), right = want_text(check, scope, expr->right);
  return left && right ? (expr->type = &tr_type_truth) : fail(expr);
}

static const tr_type *check_has(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *type = tr_check_expr(check, scope, expr->left, NULL);
  if (type->kind == TYPE_ERROR) return fail(expr);
  if (type->kind == TYPE_SET) {
    if (!tr_check_constant(check, expr->right, type->of, "this set")) return fail(expr);
    return expr->type = &tr_type_truth;
  }
  if (type->kind == TYPE_TEXTS) {
    return want_text(check, scope, expr->right) ? (expr->type = &tr_type_truth) : fail(expr);
  }
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, expr->span,
                            "%s holds nothing that it could have", say(check, type));
  if (tr_type_is_text(type)) tr_diag_help(diag, "Write 'contains' for a part of a text.");
  return fail(expr);
}

static const tr_type *check_has_any(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  if (!want_text(check, scope, expr->left)) return fail(expr);
  for (uint32_t i = 0; i < expr->list.count; i++) {
    tr_expr *pattern = expr->list.items[i];
    if (pattern->kind == EXPR_TEXT) {
      pattern->type = &tr_type_text_;
      continue;
    }
    tr_report(check->diags, DIAG_WRONG_TYPE, pattern->span, "'has any of' takes words in quotes");
    return fail(expr);
  }
  return expr->type = &tr_type_truth;
}

/* ---- Arithmetic ------------------------------------------------------------------------------ */

static bool is_whole(const tr_expr *expr) {
  if (expr->kind == EXPR_NEGATE) return is_whole(expr->left);
  if (expr->kind == EXPR_NUMBER) return expr->number % 1000000 == 0;
  return expr->type->kind == TYPE_WHOLE;
}

/* The type of either of two, or of what is made of both but by division: whole if both are. */
static const tr_type *either(const tr_expr *left, const tr_expr *right) {
  if (left->type->kind == TYPE_ERROR || !is_number(left->type)) return left->type;
  return is_whole(left) && is_whole(right) ? &tr_type_whole : &tr_type_number;
}

static const tr_type *check_sum(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *left = tr_check_expr(check, scope, expr->left, NULL);
  const tr_type *right = tr_check_expr(check, scope, expr->right, NULL);
  refuse_decay(check, expr->left);
  refuse_decay(check, expr->right);
  if (left->kind == TYPE_ERROR || right->kind == TYPE_ERROR) return fail(expr);
  bool minus = expr->kind == EXPR_SUBTRACT;
  expr->grows = (int8_t)(expr->left->grows + (minus ? -expr->right->grows : expr->right->grows));
  if (expr->grows < -1 || expr->grows > 1) refuse_age(check, expr);
  if (is_amount(left) && tr_type_same(left, right))
    return expr->type = either(expr->left, expr->right);
  if ((left->kind == TYPE_TIME || left->kind == TYPE_DATE) && right->kind == TYPE_DURATION)
    return expr->type = left;
  if (minus && left->kind == TYPE_TIME && right->kind == TYPE_TIME)
    return expr->type = &tr_type_duration;
  return mismatch(check, expr, minus ? "reduced by" : "added to");
}

static const tr_type *check_product(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *left = tr_check_expr(check, scope, expr->left, NULL);
  const tr_type *right = tr_check_expr(check, scope, expr->right, NULL);
  refuse_decay(check, expr->left);
  refuse_decay(check, expr->right);
  if (left->kind == TYPE_ERROR || right->kind == TYPE_ERROR) return fail(expr);
  bool divide = expr->kind == EXPR_DIVIDE;
  refuse_age(check, expr->left);
  refuse_age(check, expr->right);
  if (divide && is_number(left) && is_number(right)) return expr->type = &tr_type_number;
  if (is_amount(left) && is_number(right)) return expr->type = either(expr->left, expr->right);
  if (!divide && is_number(left) && is_amount(right)) return expr->type = right;
  if (divide && is_amount(left) && tr_type_same(left, right)) return expr->type = &tr_type_number;
  return mismatch(check, expr, divide ? "divided by" : "multiplied by");
}

static const tr_type *check_extreme(tr_check *check, const tr_scope *scope, tr_expr *expr,
                                    const tr_type *wanted) {
  const tr_type *type = wanted;
  bool all_whole = true;
  for (uint32_t i = 0; i < expr->list.count; i++) {
    tr_expr *item = expr->list.items[i];
    const tr_type *item_type = tr_check_expr(check, scope, item, type);
    refuse_decay(check, item);
    refuse_age(check, item);
    if (i > 0 && !tr_type_same(type, item_type)) {
      tr_report(check->diags, DIAG_WRONG_TYPE, item->span, "%s stands beside %s",
                say(check, item_type), say(check, type));
      return fail(expr);
    }
    type = item_type;
    all_whole &= is_whole(item);
  }
  if (!tr_type_is_ordered(type)) {
    tr_report(check->diags, DIAG_WRONG_TYPE, expr->span, "%s has no order, so none is the larger",
              say(check, type));
    return fail(expr);
  }
  if (type->kind == TYPE_WHOLE || type->kind == TYPE_NUMBER)
    type = all_whole ? &tr_type_whole : &tr_type_number;
  return expr->type = type;
}

static void check_steps(tr_check *check, const tr_scope *scope, tr_expr *steps) {
  const tr_type *type = tr_check_expr(check, scope, steps, &tr_type_whole);
  bool literal = steps->kind == EXPR_NUMBER;
  if (type->kind == TYPE_ERROR) return;
  if (literal && (steps->number % 1000000 != 0 || steps->number > 64000000)) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, steps->span,
              "a scale is lowered by 0 to 64 whole steps");
  } else if (!literal && type->kind != TYPE_WHOLE) {
    tr_report(check->diags, DIAG_WRONG_TYPE, steps->span,
              "a scale is lowered by a whole number of steps, and this is %s", say(check, type));
  }
}

static const tr_type *check_lowered(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *type = tr_check_expr(check, scope, expr->left, NULL);
  check_steps(check, scope, expr->right);
  if (type->kind == TYPE_SCALE || type->kind == TYPE_ERROR) return expr->type = type;
  tr_report(check->diags, DIAG_WRONG_TYPE, expr->left->span,
            "only a scale can be lowered, and this is %s", say(check, type));
  return fail(expr);
}

/* ---- Logic and quantifiers ------------------------------------------------------------------- */

static const tr_type *check_conditions(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  for (uint32_t i = 0; i < expr->list.count; i++) {
    tr_expr *part = expr->list.items[i];
    tr_check_condition(check, scope, part);
    if (part->type->kind == TYPE_ERROR && part->kind == EXPR_TEXT) return fail(expr);
  }
  return expr->type = &tr_type_truth;
}

static const tr_type *check_over(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  tr_entity entity = expr->group == GROUP_MEMBERS ? ENTITY_MEMBER : ENTITY_LEAD;
  if (expr->group == GROUP_MEMBERS &&
      !tr_check_at_hand(check, scope, ENTITY_LEAD, expr->span, "a buying center")) {
    return fail(expr);
  }
  if (expr->group == GROUP_OTHER_LEADS && !tr_check_is_at_hand(scope, ENTITY_LEAD)) {
    tr_report(check->diags, DIAG_WRONG_SCOPE, expr->span,
              "'other' leads are other than some lead, and no lead is at hand here");
    return fail(expr);
  }
  bool among = entity == ENTITY_LEAD || scope->among_leads;
  tr_scope inner = {.entity = entity,
                    .among_leads = among,
                    .lead_outside = scope->among_leads ? scope->lead_outside
                                                       : tr_check_is_at_hand(scope, ENTITY_LEAD)};
  if (expr->kind == EXPR_ANY_HAS || expr->kind == EXPR_EVERY_HAS || expr->kind == EXPR_COUNT_WITH) {
    tr_check_condition(check, &inner, expr->left);
    return expr->type = expr->kind == EXPR_COUNT_WITH ? &tr_type_whole : &tr_type_truth;
  }
  const tr_type *type = tr_check_expr(check, &inner, expr->left, NULL);
  if (expr->left->outside) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_SCOPE, expr->left->span,
                              "'%s' is one value, that of the lead outside of the group",
                              expr->left->name.text);
    tr_diag_help(diag, "Write '%s' for that of each lead in it.",
                 strchr(expr->left->name.text, '.') + 1);
    return fail(expr);
  }
  bool good = expr->kind == EXPR_SUM_OF ? is_amount(type) : tr_type_is_ordered(type);
  if (!good) {
    tr_report(check->diags, DIAG_WRONG_TYPE, expr->left->span, "%s cannot be %s", say(check, type),
              expr->kind == EXPR_SUM_OF ? "summed up" : "put in order");
    return fail(expr);
  }
  expr->decays = expr->left->decays;
  refuse_age(check, expr->left);
  if (expr->left->decays && expr->left->ref_kind != REF_SCORE) {
    refuse_decay(check, expr->left);
    return fail(expr);
  }
  return expr->type = type;
}

static const tr_type *check_signals(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  if (!tr_check_counted(check, scope, expr)) return fail(expr);
  if (expr->kind == EXPR_NO) return expr->type = &tr_type_truth;
  expr->grows = expr->kind == EXPR_TIME_SINCE;
  return expr->type = expr->kind == EXPR_COUNT ? &tr_type_whole : &tr_type_duration;
}

static const tr_type *check_days(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *type = tr_check_expr(check, scope, expr->left, &tr_type_date);
  if (type->kind != TYPE_DATE && type->kind != TYPE_TIME && type->kind != TYPE_ERROR) {
    tr_report(check->diags, DIAG_WRONG_TYPE, expr->left->span,
              "days are counted to a date, and this is %s", say(check, type));
    return fail(expr);
  }
  return expr->type = &tr_type_whole;
}

static const tr_type *check_lookup(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_symbol *symbol =
      tr_check_name(check, expr->name, SYMBOL_CATALOGUE, SYMBOL_CATALOGUE, "a catalogue");
  if (!symbol) return fail(expr);
  const tr_catalogue *catalogue = symbol->decl;
  expr->index = symbol->index;
  if (expr->list.count != catalogue->keys.count) {
    tr_report(check->diags, DIAG_WRONG_TYPE, expr->span,
              "catalogue '%s' is keyed by %u values, not %u", symbol->name, catalogue->keys.count,
              expr->list.count);
    return fail(expr);
  }
  if (catalogue->columns.count < catalogue->keys.count) return fail(expr); /* said there */
  for (uint32_t i = 0; i < expr->list.count; i++) {
    const tr_type *type = tr_check_type(check, catalogue->columns.items[i].type);
    tr_expr *key = expr->list.items[i];
    if (!tr_type_same(type, tr_check_expr(check, scope, key, type))) {
      tr_report(check->diags, DIAG_WRONG_TYPE, key->span, "the key '%s' is %s, and this is %s",
                catalogue->columns.items[i].name.text, say(check, type), say(check, key->type));
      return fail(expr);
    }
  }
  const char **names = TR_NEW_ARRAY(check->arena, const char *, catalogue->columns.count + 1);
  for (uint32_t i = 0; i < catalogue->columns.count; i++) {
    names[i] = catalogue->columns.items[i].name.text;
    if (strcmp(names[i], expr->member.text) != 0) continue;
    if (i < catalogue->keys.count) {
      tr_report(check->diags, DIAG_WRONG_KIND, expr->member.span, "'%s' is the key itself",
                names[i]);
      return fail(expr);
    }
    expr->number = i - catalogue->keys.count;
    return expr->type = tr_check_type(check, catalogue->columns.items[i].type);
  }
  tr_check_unknown(check, DIAG_UNKNOWN_FIELD, expr->member, "a column of the catalogue", names,
                   catalogue->columns.count);
  return fail(expr);
}

/* ---- Everything ------------------------------------------------------------------------------ */

static const tr_type *check_otherwise(tr_check *check, const tr_scope *scope, tr_expr *expr,
                                      const tr_type *wanted) {
  if (!check_pair(check, scope, expr, wanted)) return mismatch(check, expr, "replaced by");
  refuse_decay(check, expr->left);
  refuse_decay(check, expr->right);
  expr->grows = expr->left->grows ? expr->left->grows : expr->right->grows;
  return expr->type = either(expr->left, expr->right);
}

static const tr_type *check_exactly(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  return check_text_operator(check, scope, expr);
}

static const tr_type *check_is_open(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  tr_check_expr(check, scope, expr->left, NULL);
  if (expr->left->ref_kind == REF_CRITERION || expr->left->type->kind == TYPE_ERROR) {
    return expr->type = &tr_type_truth;
  }
  tr_diag *diag =
      tr_report(check->diags, DIAG_WRONG_KIND, expr->left->span, "only a criterion can be open");
  tr_diag_help(diag, "Of anything else, write 'is unknown'.");
  return fail(expr);
}

static const tr_type *money_type(tr_check *check, const tr_expr *expr) {
  tr_type *money = TR_NEW(check->arena, tr_type);
  *money =
      (tr_type){.kind = TYPE_MONEY, .currency = expr->currency, .currency_digits = expr->index};
  return money;
}

/* What is written out. */
static const tr_type *literal_type(tr_check *check, const tr_expr *expr, const tr_type *wanted) {
  switch (expr->kind) {
    case EXPR_TRUTH: return &tr_type_truth;
    case EXPR_NUMBER:
    case EXPR_PERCENT: return &tr_type_number;
    case EXPR_DURATION: return wanted && wanted->kind == TYPE_BUSINESS ? wanted : &tr_type_duration;
    case EXPR_BUSINESS_DAYS: return &tr_type_business;
    case EXPR_DATE: return &tr_type_date;
    case EXPR_DATETIME: return &tr_type_time;
    case EXPR_TEXT: return &tr_type_text_;
    case EXPR_MONEY: return money_type(check, expr);
    default: return NULL;
  }
}

static const tr_type *check_negative(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *type = tr_check_expr(check, scope, expr->left, NULL);
  refuse_decay(check, expr->left);
  expr->grows = (int8_t)-expr->left->grows;
  if (is_amount(type)) return expr->type = type;
  tr_report(check->diags, DIAG_WRONG_TYPE, expr->span, "%s has no negative", say(check, type));
  return fail(expr);
}

static const tr_type *check_age(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  if (!tr_check_at_hand(check, scope, ENTITY_LEAD, expr->span, "'age of lead'")) return fail(expr);
  expr->grows = 1;
  return expr->type = &tr_type_duration;
}

static const tr_type *check_any(tr_check *check, const tr_scope *scope, tr_expr *expr,
                                const tr_type *wanted) {
  const tr_type *literal = literal_type(check, expr, wanted);
  if (literal) return expr->type = literal;
  switch (expr->kind) {
    case EXPR_ERROR: return fail(expr);
    case EXPR_ABSENT:
      tr_report(check->diags, DIAG_WRONG_SCOPE, expr->span,
                "only 'reassign … when' can ask whether somebody is absent");
      return fail(expr);
    case EXPR_UNKNOWN: return expr->type = wanted ? wanted : ERROR;
    case EXPR_NAME: return tr_check_reference(check, scope, expr, wanted);
    case EXPR_LOOKUP: return check_lookup(check, scope, expr);
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_AT_LEAST:
    case EXPR_ALL_OF:
    case EXPR_NONE_OF: return check_conditions(check, scope, expr);
    case EXPR_NOT: tr_check_condition(check, scope, expr->left); return expr->type = &tr_type_truth;
    case EXPR_COMPARE: return check_compare(check, scope, expr);
    case EXPR_BEFORE: return check_before(check, scope, expr);
    case EXPR_EXACTLY: return check_exactly(check, scope, expr);
    case EXPR_IN: return check_list(check, scope, expr);
    case EXPR_IN_LIST: return check_in_list(check, scope, expr);
    case EXPR_BETWEEN: return check_between(check, scope, expr);
    case EXPR_STARTS_WITH:
    case EXPR_ENDS_WITH:
    case EXPR_CONTAINS: return check_text_operator(check, scope, expr);
    case EXPR_MATCHES:
      tr_check_regex(check, expr->right);
      return check_text_operator(check, scope, expr);
    case EXPR_HAS: return check_has(check, scope, expr);
    case EXPR_HAS_ANY_OF: return check_has_any(check, scope, expr);
    case EXPR_IS_KNOWN:
      tr_check_expr(check, scope, expr->left, NULL);
      return expr->type = &tr_type_truth;
    case EXPR_IS_OPEN: return check_is_open(check, scope, expr);
    case EXPR_OTHERWISE: return check_otherwise(check, scope, expr, wanted);
    case EXPR_ADD:
    case EXPR_SUBTRACT: return check_sum(check, scope, expr);
    case EXPR_MULTIPLY:
    case EXPR_DIVIDE: return check_product(check, scope, expr);
    case EXPR_NEGATE: return check_negative(check, scope, expr);
    case EXPR_LOWERED: return check_lowered(check, scope, expr);
    case EXPR_LARGER:
    case EXPR_SMALLER: return check_extreme(check, scope, expr, wanted);
    case EXPR_ANY_HAS:
    case EXPR_EVERY_HAS:
    case EXPR_COUNT_WITH:
    case EXPR_SUM_OF:
    case EXPR_MAX_OF:
    case EXPR_MIN_OF: return check_over(check, scope, expr);
    case EXPR_COUNT:
    case EXPR_NO:
    case EXPR_TIME_SINCE: return check_signals(check, scope, expr);
    case EXPR_SUM_IN:
    case EXPR_MAX_IN:
    case EXPR_MIN_IN:
    case EXPR_COUNT_DAYS:
    case EXPR_ACTOR: return tr_check_measure(check, scope, expr);
    case EXPR_DAYS_UNTIL:
    case EXPR_DAYS_SINCE: return check_days(check, scope, expr);
    case EXPR_TIMES_ENTERED:
    case EXPR_DATE_ENTERED:
    case EXPR_TIME_IN_STAGE:
    case EXPR_PREVIOUS_REASON: return tr_check_stays(check, scope, expr);
    case EXPR_AGE: return check_age(check, scope, expr);
    case EXPR_DOMAIN:
      return want_text(check, scope, expr->left) ? (expr->type = &tr_type_text_) : fail(expr);
    case EXPR_TABLE: return tr_check_table(check, scope, expr, wanted);
    default: return fail(expr);
  }
}

const tr_type *tr_check_expr(tr_check *check, const tr_scope *scope, tr_expr *expr,
                             const tr_type *wanted) {
  const tr_type *type = check_any(check, scope, expr, wanted);
  assert(type && expr->type == type);
  return type;
}

void tr_check_condition(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_type *type = tr_check_expr(check, scope, expr, &tr_type_truth);
  if (type->kind == TYPE_TRUTH || type->kind == TYPE_ERROR) return;
  expr->type = ERROR;
  if (tr_check_is_cut_off(check, expr->span)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, expr->span,
                            "a condition is needed here, and this is %s", say(check, type));
  if (type->kind == TYPE_NUMBER || type->kind == TYPE_WHOLE) {
    tr_diag_help(diag, "Compare it: '%s >= 40', for example.",
                 tr_source_quote(&check->diags->sources, check->arena, expr->span));
  }
  if (expr->kind == EXPR_TEXT) {
    tr_diag_help(diag,
                 "Each part of 'and' and 'or' is a whole condition; for one of several texts "
                 "write 'in (\"DE\", \"AT\")'.");
  }
}

/* ---- Constants ------------------------------------------------------------------------------- */

static bool constant_shape(tr_check *check, tr_expr *value, const tr_type *type) {
  tr_scope nowhere = {.entity = ENTITY_ACCOUNT};
  if (value->kind == EXPR_NAME && !tr_type_has_values(type)) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, value->span,
                              "a value of %s stands here, not a name", say(check, type));
    help_constant(check, diag, type, value);
    return false;
  }
  if (value->kind == EXPR_NAME && !tr_check_take_value(value, type)) {
    tr_check_unknown_name(check, &nowhere, value, type);
    return false;
  }
  if (value->kind == EXPR_NAME) return true;
  if (value->kind == EXPR_UNKNOWN) {
    value->type = type;
    return true;
  }
  const tr_type *is = tr_check_expr(check, &nowhere, value, type);
  if (is->kind == TYPE_ERROR) return false;
  if (tr_type_same(is, type)) return true;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, value->span,
                            "%s is needed here, and this is %s", say(check, type), say(check, is));
  help_constant(check, diag, type, value);
  return false;
}

bool tr_check_constant(tr_check *check, tr_expr *value, const tr_type *type, const char *where) {
  (void)where;
  if (type->kind == TYPE_ERROR) return false;
  bool many = type->kind == TYPE_SET || type->kind == TYPE_TEXTS;
  const tr_type *one = type->kind == TYPE_SET     ? type->of
                       : type->kind == TYPE_TEXTS ? &tr_type_text_
                                                  : type;
  if (many && value->kind == EXPR_IN && !value->left) {
    bool good = true;
    for (uint32_t i = 0; i < value->list.count; i++)
      good &= constant_shape(check, value->list.items[i], one);
    value->type = type;
    return good;
  }
  if (value->kind == EXPR_IN && !value->left) {
    tr_diag *diag =
        tr_report(check->diags, DIAG_WRONG_TYPE, value->span, "one value stands here, not a list");
    tr_diag_help(diag, "Take the parentheses out.");
    return false;
  }
  if (!constant_shape(check, value, one)) return false;
  if (type->kind == TYPE_WHOLE && value->kind == EXPR_NUMBER && value->number % 1000000 != 0) {
    tr_report(check->diags, DIAG_WRONG_TYPE, value->span, "a whole number is needed here");
    return false;
  }
  return true;
}

bool tr_check_assignable(tr_check *check, const tr_type *to, tr_expr *value) {
  if (to->kind == TYPE_ERROR || value->type->kind == TYPE_ERROR) return false;
  refuse_decay(check, value);
  bool fraction = to->kind == TYPE_WHOLE && value->type->kind == TYPE_NUMBER && !is_whole(value);
  if (tr_type_same(to, value->type) && !fraction) return true;
  tr_diag *diag =
      tr_report(check->diags, DIAG_WRONG_TYPE, value->span, "%s is needed here, and this is %s",
                say(check, to), say(check, value->type));
  if (fraction && value->kind != EXPR_NUMBER)
    tr_diag_help(diag, "Compute it from whole numbers and without '/', or declare a 'number'.");
  return false;
}
