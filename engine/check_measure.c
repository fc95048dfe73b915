/* check_measure.c - `sum | max | min of FIELD of SIGNAL`, `count of days with SIGNAL`: like counts,
 * they are over the events of the entity in whose scope they stand. */
#include <string.h>

#include "engine/check.h"

static const tr_type *fail(tr_expr *expr) { return expr->type = &tr_type_error; }

/* ---- What is counted ------------------------------------------------------------------------- */

const tr_symbol *tr_check_counted(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_symbol *symbol =
      tr_check_name(check, expr->name, SYMBOL_SIGNAL, SYMBOL_EVENT, "a signal or event");
  if (!symbol) return NULL;
  tr_check_use_trigger(check, symbol);
  tr_check_count_trigger(check, symbol);
  tr_check_signal_order(check, symbol, expr->name.span);
  if (scope->event && scope->entity == ENTITY_NONE) {
    tr_report(check->diags, DIAG_WRONG_SCOPE, expr->span,
              "signals are not counted while an event is being read");
    return NULL;
  }
  expr->entity = (uint8_t)(scope->entity == ENTITY_NONE ? ENTITY_LEAD : scope->entity);
  expr->ref_kind = symbol->kind == SYMBOL_SIGNAL ? REF_SIGNAL : REF_EVENT;
  expr->index = symbol->index;
  return symbol;
}

/* ---- Of a field ------------------------------------------------------------------------------ */

static bool is_summable(const tr_type *type) {
  switch (type->kind) {
    case TYPE_NUMBER:
    case TYPE_WHOLE:
    case TYPE_MONEY:
    case TYPE_DURATION: return true;
    default: return false;
  }
}

static bool is_ordered(const tr_type *type) {
  return is_summable(type) || type->kind == TYPE_DATE || type->kind == TYPE_TIME ||
         type->kind == TYPE_SCALE;
}

/* The field, in the one event behind the signal. */
static const tr_type *field_type(tr_check *check, tr_expr *expr, const tr_event_decl *event) {
  const char **names = TR_NEW_ARRAY(check->arena, const char *, event->fields.count + 1);
  for (uint32_t i = 0; i < event->fields.count; i++) {
    names[i] = event->fields.items[i].name.text;
    if (strcmp(names[i], expr->member.text) != 0) continue;
    expr->index = i;
    return tr_check_type(check, event->fields.items[i].type);
  }
  const char *what = tr_arena_print(check->arena, "a field of event %s", event->name.text);
  tr_check_unknown(check, DIAG_UNKNOWN_FIELD, expr->member, what, names, event->fields.count);
  return &tr_type_error;
}

static const tr_type rep_type = {.kind = TYPE_REP};

const tr_type *tr_check_measure(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  const tr_symbol *symbol = tr_check_counted(check, scope, expr);
  if (!symbol) return fail(expr);
  if (expr->kind == EXPR_COUNT_DAYS) return expr->type = &tr_type_whole;
  if (expr->kind == EXPR_ACTOR) return expr->type = &rep_type;
  const tr_event_decl *event = tr_check_trigger_event(check, symbol);
  if (!event) {
    tr_report(check->diags, DIAG_WRONG_SCOPE, expr->name.span,
              "no one event is behind '%s', so it has no field '%s'", expr->name.text,
              expr->member.text);
    return fail(expr);
  }
  const tr_type *type = field_type(check, expr, event);
  if (type->kind == TYPE_ERROR) return fail(expr);
  bool sum = expr->kind == EXPR_SUM_IN;
  if (sum ? is_summable(type) : is_ordered(type)) return expr->type = type;
  tr_report(check->diags, DIAG_WRONG_TYPE, expr->member.span, "%s cannot be %s",
            tr_type_text(check->arena, type), sum ? "summed up" : "put in order");
  return fail(expr);
}
