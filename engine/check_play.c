/* check_play.c - what to bring to whom: what a play asks, what it offers, and for which phases and
 * roles there is none. */
#include <string.h>

#include "engine/check_clause.h"
#include "engine/limits.h"

/* ---- What is offered ------------------------------------------------------------------------- */

static uint32_t column_named(const tr_catalogue *catalogue, const char *name) {
  uint32_t i = 0;
  while (i < catalogue->columns.count && strcmp(catalogue->columns.items[i].name.text, name) != 0)
    i++;
  return i;
}

static bool find_column(tr_check *check, const tr_catalogue *catalogue, tr_play_match *match) {
  match->index = column_named(catalogue, match->column.text);
  if (match->index < catalogue->columns.count) return true;
  const char **names = TR_NEW_ARRAY(check->arena, const char *, catalogue->columns.count + 1);
  for (uint32_t i = 0; i < catalogue->columns.count; i++)
    names[i] = catalogue->columns.items[i].name.text;
  tr_check_unknown(check, DIAG_UNKNOWN_FIELD, match->column,
                   tr_arena_print(check->arena, "a column of catalogue %s", catalogue->name.text),
                   names, catalogue->columns.count);
  return false;
}

/* What the account has of this name, else the lead: a field, or a definition. NULL: neither has. */
static const char *field_named(tr_check *check, tr_name column) {
  static const char *const predefined[] = {"phase", "stage", "owner"};
  const tr_symbols *symbols = check->symbols;
  const char *name = column.text;
  if (tr_field_find(symbols, ENTITY_ACCOUNT, name))
    return tr_arena_print(check->arena, "account.%s", name);
  bool of_lead = tr_field_find(symbols, ENTITY_LEAD, name) != NULL;
  for (size_t i = 0; i < sizeof predefined / sizeof *predefined; i++)
    of_lead |= strcmp(predefined[i], name) == 0;
  if (of_lead) return tr_arena_print(check->arena, "lead.%s", name);
  const tr_symbol *symbol = tr_symbol_find(symbols, column);
  const tr_define *define = symbol && symbol->kind == SYMBOL_DEFINE ? symbol->decl : NULL;
  return define && (define->entity == ENTITY_ACCOUNT || define->entity == ENTITY_LEAD) ? name
                                                                                       : NULL;
}

static bool find_value(tr_check *check, tr_play_match *match) {
  if (match->value) return true;
  const char *name = field_named(check, match->column);
  if (name) {
    match->value = TR_NEW(check->arena, tr_expr);
    *match->value = (tr_expr){.kind = EXPR_NAME,
                              .span = match->column.span,
                              .name = {.text = name, .span = match->column.span}};
    return true;
  }
  if (tr_check_may_be_lost(check, match->column.text)) return false;
  tr_diag *diag = tr_report(check->diags, DIAG_UNKNOWN_FIELD, match->column.span,
                            "neither account nor lead has a field '%s'", match->column.text);
  tr_diag_help(diag, "Say what it equals: '%s = member.…', for example.", match->column.text);
  return false;
}

static bool holds(const tr_type *all, const tr_type *one) {
  if (all->kind == TYPE_TEXTS) return tr_type_is_text(one);
  return all->kind == TYPE_SET && all->of && tr_type_same(all->of, one);
}

static bool can_match(const tr_type *column, const tr_type *value) {
  if (column->kind == TYPE_ERROR || value->kind == TYPE_ERROR) return true;
  if (holds(column, value) || holds(value, column)) return true;
  return column->kind != TYPE_SET && column->kind != TYPE_TEXTS && tr_type_same(column, value);
}

static void check_match(tr_check *check, const tr_catalogue *catalogue, tr_play_match *match) {
  tr_scope scope = {.entity = ENTITY_NONE, .concerned = true};
  if (!find_column(check, catalogue, match) || !find_value(check, match)) return;
  const tr_type *column = tr_check_type(check, catalogue->columns.items[match->index].type);
  const tr_type *value = tr_check_expr(check, &scope, match->value, NULL);
  if (can_match(column, value)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, match->value->span,
                            "'%s' is %s, and the column '%s' is %s", match->value->name.text,
                            tr_type_text(check->arena, value), match->column.text,
                            tr_type_text(check->arena, column));
  tr_diag_related(diag, catalogue->columns.items[match->index].name.span, "declared here");
}

static void check_most(tr_check *check, const tr_play_offer *offer) {
  if (offer->most < 0) return;
  if (offer->most % 1000000 == 0 && offer->most >= 1000000 &&
      offer->most <= INT64_C(1000000) * TR_PLAY_ROWS_MAX)
    return;
  tr_report(check->diags, DIAG_OUT_OF_RANGE, offer->most_span,
            "a play offers 1 to %d rows of a catalogue", TR_PLAY_ROWS_MAX);
}

static void check_offer(tr_check *check, tr_play_offer *offer) {
  const tr_symbol *symbol =
      tr_check_name(check, offer->catalogue, SYMBOL_CATALOGUE, SYMBOL_CATALOGUE, "a catalogue");
  check_most(check, offer);
  if (!symbol) return;
  tr_catalogue *catalogue = symbol->decl;
  catalogue->is_offered = true;
  for (uint32_t i = 0; i < offer->matches.count; i++)
    check_match(check, catalogue, &offer->matches.items[i]);
}

/* ---- The play -------------------------------------------------------------------------------- */

void tr_check_play(tr_check *check, tr_clause *clause) {
  tr_play_decl *play = clause->play;
  tr_scope member = {.entity = ENTITY_MEMBER},
           concerned = {.entity = ENTITY_NONE, .concerned = true};
  tr_check_condition(check, &member, play->with);
  if (play->holds_while) tr_check_condition(check, &concerned, play->holds_while);
  for (uint32_t i = 0; i < play->offers.count; i++) check_offer(check, &play->offers.items[i]);
  if (play->say || play->offers.count > 0 || play->is_lost) return;
  tr_diag *diag = tr_report(check->diags, DIAG_MISSING, play->name.span,
                            "this play neither says nor offers anything");
  tr_diag_help(diag, "Write 'say \"…\"' or 'offer CATALOGUE' between its braces.");
}

static void check_name(tr_check *check, const tr_agreement *agreement, uint32_t index) {
  const tr_play_decl *play = agreement->clauses.items[index]->play;
  for (uint32_t i = 0; i < index; i++) {
    const tr_play_decl *other = agreement->clauses.items[i]->play;
    if (!other || strcmp(other->name.text, play->name.text) != 0) continue;
    tr_diag *diag = tr_report(check->diags, DIAG_DUPLICATE, play->name.span,
                              "two plays of this agreement have the same name");
    tr_diag_related(diag, other->name.span, "the other");
    return;
  }
}

/* ---- For whom there is none ------------------------------------------------------------------ */

/* Values of a scale, as far as a condition says which. */
typedef struct values {
  bool some; /* it does; else it is for all of them */
  bool *in;  /* of each */
  uint32_t count;
} values;

static values values_new(tr_check *check, uint32_t count) {
  return (values){.in = TR_NEW_ARRAY(check->arena, bool, count + 1), .count = count};
}

static bool is_in(const values *all, uint32_t value) { return !all->some || all->in[value]; }

static values both(tr_check *check, values a, values b) {
  values all = values_new(check, a.count);
  all.some = a.some || b.some;
  for (uint32_t i = 0; i < a.count; i++) all.in[i] = is_in(&a, i) && is_in(&b, i);
  return all;
}

static values either(tr_check *check, values a, values b) {
  values all = values_new(check, a.count);
  all.some = a.some && b.some;
  for (uint32_t i = 0; i < a.count; i++) all.in[i] = is_in(&a, i) || is_in(&b, i);
  return all;
}

static bool compares(tr_compare compare, int64_t left, int64_t right) {
  switch (compare) {
    case COMPARE_EQ: return left == right;
    case COMPARE_NE: return left != right;
    case COMPARE_LT: return left < right;
    case COMPARE_LE: return left <= right;
    case COMPARE_GT: return left > right;
    case COMPARE_GE: return left >= right;
  }
  return true;
}

static values phases_in(tr_check *check, const tr_expr *expr, uint32_t count);

static values of_parts(tr_check *check, const tr_expr *expr, uint32_t count) {
  values all = phases_in(check, expr->list.items[0], count);
  for (uint32_t i = 1; i < expr->list.count; i++) {
    values part = phases_in(check, expr->list.items[i], count);
    all = (expr->kind == EXPR_OR ? either : both)(check, all, part);
  }
  return all;
}

/* The phases in which a condition can hold, by what it says of `phase`. */
static values phases_in(tr_check *check, const tr_expr *expr, uint32_t count) {
  values all = values_new(check, count);
  if (!expr) return all;
  if (expr->kind == EXPR_AND || expr->kind == EXPR_OR) return of_parts(check, expr, count);
  if (!expr->left || expr->left->ref_kind != REF_PHASE) return all;
  bool one = expr->right && expr->right->ref_kind == REF_VALUE;
  if (expr->kind != EXPR_IN && !(one && (expr->kind == EXPR_COMPARE || expr->kind == EXPR_BEFORE)))
    return all;
  tr_compare compare = expr->kind == EXPR_BEFORE ? COMPARE_LT : expr->compare;
  all.some = true;
  for (uint32_t i = 0; i < count; i++) {
    if (expr->kind != EXPR_IN) all.in[i] = compares(compare, i, expr->right->number);
    for (uint32_t k = 0; expr->kind == EXPR_IN && k < expr->list.count; k++)
      all.in[i] |= expr->list.items[k]->number == i;
  }
  return all;
}

static const tr_entity_field *roles_of(const tr_check *check) {
  const tr_entity_field *field = tr_field_find(check->symbols, ENTITY_MEMBER, "roles");
  return field && field->type->kind == TYPE_SET ? field : NULL;
}

/* The roles that a condition asks for. Who must have two of them is somebody of each. */
static values roles_in(tr_check *check, const tr_expr *expr, const tr_entity_field *roles) {
  uint32_t count = roles->type->values.count;
  values all = values_new(check, count);
  if (!expr) return all;
  if (expr->kind == EXPR_AND || expr->kind == EXPR_OR) {
    all = roles_in(check, expr->list.items[0], roles);
    for (uint32_t i = 1; i < expr->list.count; i++) {
      values part = roles_in(check, expr->list.items[i], roles);
      bool join = expr->kind == EXPR_OR || (all.some && part.some);
      all = (join ? either : both)(check, all, part);
    }
    return all;
  }
  const tr_expr *left = expr->left;
  if (expr->kind != EXPR_HAS || left->ref_kind != REF_FIELD || left->entity != ENTITY_MEMBER ||
      left->index != roles->index)
    return all;
  all.some = true;
  all.in[expr->right->number] = true;
  return all;
}

/* Which of the roles some play of the agreement is for in a phase. */
static values covered_in(tr_check *check, const tr_agreement *agreement, uint32_t phase,
                         uint32_t phases, const tr_entity_field *roles) {
  values none = values_new(check, roles ? roles->type->values.count : 1);
  none.some = true;
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    const tr_play_decl *play = agreement->clauses.items[i]->play;
    if (!play) continue;
    values in = both(check, phases_in(check, play->with, phases),
                     phases_in(check, play->holds_while, phases));
    if (phases && !is_in(&in, phase)) continue;
    values whom = values_new(check, none.count);
    if (roles) {
      values with = roles_in(check, play->with, roles);
      values held = roles_in(check, play->holds_while, roles);
      whom = (with.some && held.some ? either : both)(check, with, held);
    }
    none = either(check, none, whom);
  }
  return none;
}

static const char *named(tr_check *check, const tr_type *type, const values *covered) {
  const char *list = NULL;
  for (uint32_t i = 0; i < covered->count; i++) {
    const char *name = type->values.items[i].text;
    if (is_in(covered, i)) continue;
    list = list ? tr_arena_print(check->arena, "%s, %s", list, name) : name;
  }
  return list;
}

static bool any_in(const values *all) {
  for (uint32_t i = 0; i < all->count; i++) {
    if (is_in(all, i)) return true;
  }
  return false;
}

/* The roles that have none, of the phases that have any: each list of roles once, with all phases
 * in which it is the same. */
static void warn_roles(tr_check *check, const tr_agreement *agreement, const char *const *missing,
                       uint32_t phases) {
  const tr_type *type = check->symbols->phase_type;
  for (uint32_t i = 0; i < phases; i++) {
    bool said = !missing[i];
    for (uint32_t k = 0; k < i && !said; k++) said = missing[k] && !strcmp(missing[k], missing[i]);
    if (said) continue;
    const char *in = type->values.items[i].text;
    for (uint32_t k = i + 1; k < phases; k++) {
      if (missing[k] && strcmp(missing[k], missing[i]) == 0)
        in = tr_arena_print(check->arena, "%s, %s", in, type->values.items[k].text);
    }
    tr_report(check->diags, DIAG_NO_PLAY, agreement->name.span,
              "under \"%s\" no play is for %s in %s", agreement->name.text, missing[i], in);
  }
}

static void warn_phases(tr_check *check, const tr_agreement *agreement,
                        const tr_entity_field *roles) {
  const tr_type *type = check->symbols->phase_type;
  uint32_t phases = type->values.count;
  const char **missing = TR_NEW_ARRAY(check->arena, const char *, phases + 1);
  values some = values_new(check, phases);
  some.some = true;
  for (uint32_t i = 0; i < phases; i++) {
    values covered = covered_in(check, agreement, i, phases, roles);
    some.in[i] = any_in(&covered);
    if (roles && some.in[i]) missing[i] = named(check, roles->type, &covered);
  }
  const char *none = named(check, type, &some);
  if (none)
    tr_report(check->diags, DIAG_NO_PLAY, agreement->name.span,
              "under \"%s\" no play is for anybody in %s", agreement->name.text, none);
  warn_roles(check, agreement, missing, phases);
}

/* First the phases that have none at all, then the roles that have none in the others. */
static void warn_uncovered(tr_check *check, const tr_agreement *agreement) {
  const tr_entity_field *roles = roles_of(check);
  if (check->symbols->phase_type) {
    warn_phases(check, agreement, roles);
    return;
  }
  if (!roles) return;
  values covered = covered_in(check, agreement, 0, 0, roles);
  const char *missing = named(check, roles->type, &covered);
  if (missing)
    tr_report(check->diags, DIAG_NO_PLAY, agreement->name.span, "under \"%s\" no play is for %s",
              agreement->name.text, missing);
}

void tr_check_plays(tr_check *check, const tr_agreement *agreement) {
  uint32_t plays = 0;
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    const tr_clause *clause = agreement->clauses.items[i];
    if (!clause->play) continue;
    check_name(check, agreement, i);
    clause->play->bit = plays++;
    if (plays == TR_PLAYS_MAX + 1)
      tr_report(check->diags, DIAG_OUT_OF_RANGE, clause->play->name.span,
                "an agreement has %d plays at most", TR_PLAYS_MAX);
  }
  if (plays > 0 && check->diags->error_count == 0) warn_uncovered(check, agreement);
}
