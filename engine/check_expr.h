/* check_expr.h - what the files share that check expressions. */
#ifndef TR_CHECK_EXPR_H
#define TR_CHECK_EXPR_H

#include "engine/check.h"

#define ERROR (&tr_type_error)

/* What failed agrees with everything. */
static inline const tr_type *fail(tr_expr *expr) {
  expr->type = ERROR;
  return ERROR;
}

/* Whether the entity can be meant here. */
bool tr_check_is_at_hand(const tr_scope *scope, tr_entity entity);
/* check_name.c: an EXPR_NAME. */
const tr_type *tr_check_reference(tr_check *check, const tr_scope *scope, tr_expr *expr,
                                  const tr_type *wanted);
/* Whether the name is a value of the wanted type; then it is taken as such. */
bool tr_check_take_value(tr_expr *expr, const tr_type *wanted);
/* Says what is not known, and what may be meant. */
const tr_type *tr_check_unknown_name(tr_check *check, const tr_scope *scope, tr_expr *expr,
                                     const tr_type *wanted);

#endif
