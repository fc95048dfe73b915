/* check_keep.c - `promote … keep X, N = Y as NAME`, and `NAME.x` afterwards.
 *
 * Several promotions, and several versions of one agreement, may keep under one name; a value that
 * two of them keep has one type. Its type is looked for when it is first read: that may be long
 * before its clause is looked at, and what it is kept from may read kept values itself. */
#include <string.h>

#include "engine/check.h"

static const tr_scope clauses = {.entity = ENTITY_NONE};

/* ---- Names ----------------------------------------------------------------------------------- */

static tr_kept_value *find_value(tr_check *check, uint32_t kept, const char *bare) {
  for (uint32_t i = 0; i < check->symbols->kept_values.count; i++) {
    tr_kept_value *value = &check->symbols->kept_values.items[i];
    if (value->kept == kept && strcmp(value->bare, bare) == 0) return value;
  }
  return NULL;
}

static void gather_keep(tr_check *check, const tr_symbol *kept, tr_keep *keep) {
  tr_kept_value value = {.name = tr_arena_print(check->arena, "%s.%s", kept->name, keep->name.text),
                         .bare = keep->name.text,
                         .kept = kept->index,
                         .value = keep->value,
                         .span = keep->name.span};
  tr_kept_value *there = find_value(check, kept->index, keep->name.text);
  keep->index = there ? (uint32_t)(there - check->symbols->kept_values.items)
                      : check->symbols->kept_values.count;
  if (!there) TR_PUSH(check->arena, &check->symbols->kept_values, value);
}

static void gather_clause(tr_check *check, tr_clause *clause) {
  tr_symbols *symbols = check->symbols;
  if (!clause->kept_as.text) return;
  for (uint32_t i = 0; i < clause->keeps.count; i++) clause->keeps.items[i].index = UINT32_MAX;
  const tr_symbol *kept = tr_symbol_find(symbols, clause->kept_as);
  if (!kept || kept->kind != SYMBOL_KEPT) {
    tr_check_declare(check, clause->kept_as, SYMBOL_KEPT, symbols->kept_count++, clause);
    kept = tr_symbol_find(symbols, clause->kept_as);
  }
  for (uint32_t i = 0; kept && kept->kind == SYMBOL_KEPT && i < clause->keeps.count; i++) {
    if (*clause->keeps.items[i].name.text) gather_keep(check, kept, &clause->keeps.items[i]);
  }
}

void tr_check_gather_kept(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->agreements.count; i++) {
    const tr_clauses *list = &check->tree->agreements.items[i]->clauses;
    for (uint32_t k = 0; k < list->count; k++) gather_clause(check, list->items[k]);
  }
}

/* ---- Types ----------------------------------------------------------------------------------- */

static bool is_condition(tr_expr_kind kind) {
  return (kind >= EXPR_AND && kind <= EXPR_IS_OPEN) ||
         (kind >= EXPR_AT_LEAST && kind <= EXPR_EVERY_HAS) || kind == EXPR_TRUTH || kind == EXPR_NO;
}

/* Of a condition, or a name whose type is told by what it is: nothing needs to be followed for it,
 * so that it may ask for what was kept before. */
static const tr_type *told_type(tr_check *check, const tr_expr *value) {
  if (is_condition(value->kind)) return &tr_type_truth;
  const tr_symbol *symbol =
      value->kind == EXPR_NAME ? tr_symbol_find(check->symbols, value->name) : NULL;
  if (!symbol) return NULL;
  if (symbol->kind == SYMBOL_SCORE) return &tr_type_number;
  if (symbol->kind == SYMBOL_CRITERION) return &tr_type_truth;
  const tr_define *define = symbol->kind == SYMBOL_DEFINE ? symbol->decl : NULL;
  return define && define->type ? tr_check_type(check, define->type) : NULL;
}

static const tr_type *kept_type(tr_check *check, uint32_t index, tr_span from) {
  tr_kept_value *kept = &check->symbols->kept_values.items[index];
  if (kept->type) return kept->type;
  if (kept->followed) {
    tr_diag *diag = tr_report(check->diags, DIAG_DEFINED_BY_ITSELF, from,
                              "of what type '%s' is cannot be told from itself", kept->name);
    tr_diag_help(diag, "Keep a 'define … of lead TYPE as …' that says the type.");
    return kept->type = &tr_type_error;
  }
  kept->followed = true;
  const tr_type *type = told_type(check, kept->value);
  kept->checked = !type;
  if (!type) type = tr_check_expr(check, &clauses, kept->value, NULL);
  kept->followed = false;
  if (!kept->type) kept->type = type;
  return kept->type;
}

const tr_type *tr_check_kept(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_symbols *symbols = check->symbols;
  const char *dot = strchr(expr->name.text, '.');
  const char *name = tr_arena_copy(check->arena, expr->name.text, (size_t)(dot - expr->name.text));
  const tr_symbol *symbol = tr_symbol_in(symbols, tr_part_of(symbols, expr->span), name);
  if (!symbol || symbol->kind != SYMBOL_KEPT) return NULL;
  expr->type = &tr_type_error;
  const char *what = tr_arena_print(check->arena, "'%s'", expr->name.text);
  if (!tr_check_at_hand(check, scope, ENTITY_LEAD, expr->span, what)) return expr->type;
  const tr_kept_value *kept = find_value(check, symbol->index, dot + 1);
  if (!kept) {
    const char **names = TR_NEW_ARRAY(check->arena, const char *, symbols->kept_values.count);
    size_t count = 0;
    for (uint32_t i = 0; i < symbols->kept_values.count; i++) {
      if (symbols->kept_values.items[i].kept == symbol->index)
        names[count++] = symbols->kept_values.items[i].bare;
    }
    tr_name missing = {.text = dot + 1, .span = expr->span};
    what = tr_arena_print(check->arena, "kept as '%s'", name);
    tr_check_unknown(check, DIAG_UNKNOWN_FIELD, missing, what, names, count);
    return expr->type;
  }
  expr->ref_kind = REF_KEPT;
  expr->index = (uint32_t)(kept - symbols->kept_values.items);
  return expr->type = kept_type(check, expr->index, expr->span);
}

/* ---- The clause ------------------------------------------------------------------------------ */

static void check_repeated(tr_check *check, const tr_clause *clause, uint32_t index) {
  const tr_keep *keep = &clause->keeps.items[index];
  for (uint32_t i = 0; i < index; i++) {
    if (clause->keeps.items[i].index != keep->index) continue;
    tr_diag *diag = tr_report(check->diags, DIAG_DUPLICATE, keep->name.span,
                              "'%s' is kept twice by one promotion", keep->name.text);
    tr_diag_related(diag, clause->keeps.items[i].name.span, "first here");
    return;
  }
}

void tr_check_keeps(tr_check *check, tr_clause *clause) {
  for (uint32_t i = 0; i < clause->keeps.count; i++) {
    tr_keep *keep = &clause->keeps.items[i];
    if (keep->index == UINT32_MAX) continue; /* it has no name, or a taken one */
    check_repeated(check, clause, i);
    const tr_type *wanted = kept_type(check, keep->index, keep->name.span);
    const tr_kept_value *kept = &check->symbols->kept_values.items[keep->index];
    if (kept->checked && kept->value == keep->value) continue;
    const tr_type *type = tr_check_expr(check, &clauses, keep->value, NULL);
    if (tr_type_same(wanted, type)) continue;
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, keep->value->span,
                              "'%s' is %s here and %s elsewhere", kept->name,
                              tr_type_text(check->arena, type), tr_type_text(check->arena, wanted));
    tr_diag_related(diag, kept->span, "kept here");
  }
}
