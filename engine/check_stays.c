/* check_stays.c - `times entered`, `date entered`, `time in stage`, `previous reason`.
 *
 * A reason is a word of the stage that a way leads to, or of the event that goes it. The type of
 * `previous reason` has them all, each once: which one it is depends on the way the lead went. */
#include <string.h>

#include "engine/check.h"

/* ---- Every reason that can be given ---------------------------------------------------------- */

static void add_reasons(tr_check *check, tr_type *all, const tr_names *names) {
  for (uint32_t i = 0; i < names->count; i++) {
    if (tr_type_value(all, names->items[i].text) == UINT32_MAX)
      TR_PUSH(check->arena, &all->values, names->items[i]);
  }
}

/* Those that an event brings in one of its fields. */
static void add_event_reasons(tr_check *check, tr_type *all, tr_name trigger, const char *field) {
  const tr_event_decl *event =
      tr_check_trigger_event(check, tr_symbol_find(check->symbols, trigger));
  for (uint32_t i = 0; event && i < event->fields.count; i++) {
    if (strcmp(event->fields.items[i].name.text, field) != 0) continue;
    const tr_type *type = tr_check_type(check, event->fields.items[i].type);
    if (type->kind == TYPE_ONE_OF || type->kind == TYPE_SCALE)
      add_reasons(check, all, &type->values);
  }
}

static void add_way(tr_check *check, tr_type *all, tr_name trigger, tr_name reason) {
  if (trigger.text && reason.text && strncmp(reason.text, "event.", 6) == 0)
    add_event_reasons(check, all, trigger, reason.text + 6);
}

static void add_clause(tr_check *check, tr_type *all, const tr_clause *clause) {
  add_way(check, all, clause->on.event, clause->reason);
  add_way(check, all, clause->rejected_by, clause->rejected_reason);
  if (clause->rejected_by.text && !clause->rejected_reason.text)
    add_event_reasons(check, all, clause->rejected_by, "reason");
}

static const tr_type *all_reasons(tr_check *check) {
  const tr_tree *tree = check->tree;
  tr_type *all = TR_NEW(check->arena, tr_type);
  if (check->symbols->reason_type) return check->symbols->reason_type;
  *all = (tr_type){.kind = TYPE_ONE_OF};
  for (uint32_t i = 0; tree->stages.count && i < tree->stages.items[0]->list.count; i++)
    add_reasons(check, all, &tree->stages.items[0]->list.items[i].reasons);
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    const tr_clauses *clauses = &tree->agreements.items[i]->clauses;
    for (uint32_t k = 0; k < clauses->count; k++) add_clause(check, all, clauses->items[k]);
  }
  return check->symbols->reason_type = all;
}

/* ---- The expressions ------------------------------------------------------------------------- */

static const tr_type *check_entered(tr_check *check, tr_expr *expr) {
  const tr_symbol *stage = tr_check_name(check, expr->name, SYMBOL_STAGE, SYMBOL_STAGE, "a stage");
  if (!stage) return expr->type = &tr_type_error;
  expr->index = stage->index;
  return expr->type = expr->kind == EXPR_TIMES_ENTERED ? &tr_type_whole : &tr_type_date;
}

static const tr_type *check_reason(tr_check *check, tr_expr *expr) {
  const tr_type *type = all_reasons(check);
  if (type->values.count > 0) return expr->type = type;
  tr_diag *diag =
      tr_report(check->diags, DIAG_MISSING, expr->span, "no way of this treaty gives a reason");
  tr_diag_help(diag, "Declare reasons at a stage: 'lost owned by sales, lost, reason one of (…)'.");
  return expr->type = &tr_type_error;
}

const tr_type *tr_check_stays(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  static const char *const words[] = {[EXPR_TIMES_ENTERED] = "'times entered'",
                                      [EXPR_DATE_ENTERED] = "'date entered'",
                                      [EXPR_TIME_IN_STAGE] = "'time in stage'",
                                      [EXPR_PREVIOUS_REASON] = "'previous reason'"};
  if (!tr_check_at_hand(check, scope, ENTITY_LEAD, expr->span, words[expr->kind]))
    return expr->type = &tr_type_error;
  if (expr->kind == EXPR_PREVIOUS_REASON) return check_reason(check, expr);
  if (expr->kind != EXPR_TIME_IN_STAGE) return check_entered(check, expr);
  expr->grows = 1;
  return expr->type = &tr_type_duration;
}
