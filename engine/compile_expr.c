/* compile_expr.c - code for expressions.
 *
 * An expression is compiled into a register and uses those behind it for its parts: `a + b` into
 * R[r] puts a into R[r], b into R[r+1]. `and` and `or` skip what can no longer matter; jumps only
 * go forward. */
#include <assert.h>
#include <string.h>

#include "engine/compile.h"
#include "engine/limits.h"
#include "engine/text_list.h"

static void emit(tr_compile *c, tr_opcode op, uint32_t a, uint32_t b, uint32_t d) {
  tr_instruction instruction = {.op = op, .a = a, .b = b, .c = d};
  TR_PUSH(c->arena, &c->out, instruction);
}

/* The same constant is often used again soon; one that stands far off is just put in once more. */
#define CONSTANTS_LOOKED_BACK 64

static uint32_t constant(tr_compile *c, int64_t value) {
  uint32_t count = c->constants.count;
  for (uint32_t i = count; i > 0 && i + CONSTANTS_LOOKED_BACK > count; i--) {
    if (c->constants.items[i - 1] == value) return i - 1;
  }
  TR_PUSH(c->arena, &c->constants, value);
  return count;
}

static void depend(tr_compile *c, uint32_t input) {
  if (c->inputs.words) tr_bits_set(c->inputs, input);
}

static void depend_all(tr_compile *c, tr_bits inputs) {
  if (c->inputs.words) tr_bits_add(c->inputs, inputs, c->program->input_words);
}

static void into(tr_compile *c, const tr_expr *expr, uint32_t r);

/* ---- Names ----------------------------------------------------------------------------------- */

static uint32_t part_code(tr_compile *c, const tr_expr *expr, tr_bits inputs);

static void into_outside(tr_compile *c, const tr_expr *expr, uint32_t r) {
  tr_expr *inside = TR_NEW(c->arena, tr_expr);
  *inside = *expr;
  inside->outside = false;
  emit(c, TR_OP_OUTSIDE, r, part_code(c, inside, c->inputs), 0);
}

static void into_name(tr_compile *c, const tr_expr *expr, uint32_t r) {
  if (expr->outside) {
    into_outside(c, expr, r);
    return;
  }
  switch ((tr_ref_kind)expr->ref_kind) {
    case REF_FIELD:
      depend(c, c->program->entities[expr->entity].fields[expr->index].input);
      emit(c, TR_OP_FACT, r, expr->entity, expr->index);
      return;
    case REF_EVENT_FIELD: emit(c, TR_OP_EVENT, r, expr->index, 0); return;
    case REF_EVENT_TIME: emit(c, TR_OP_EVENT_TIME, r, 0, 0); return;
    case REF_STAGE:
      depend(c, c->program->stage_input);
      emit(c, TR_OP_STAGE, r, 0, 0);
      return;
    case REF_OWNER:
      depend(c, c->program->stage_input);
      emit(c, TR_OP_OWNER, r, 0, 0);
      return;
    case REF_REP:
      depend(c, c->program->stage_input);
      emit(c, TR_OP_REP, r, 0, 0);
      return;
    case REF_OPENED_AT: emit(c, TR_OP_OPENED_AT, r, 0, 0); return;
    case REF_WON:
      depend(c, c->program->stage_input);
      emit(c, TR_OP_WON, r, 0, 0);
      return;
    case REF_PHASE:
      depend(c, c->program->phase_input);
      emit(c, TR_OP_PHASE, r, 0, 0);
      return;
    case REF_VALUE: emit(c, TR_OP_CONST, r, constant(c, expr->number), 0); return;
    case REF_SCORE:
      depend_all(c, tr_compile_score(c, expr->index)->inputs);
      emit(c, TR_OP_SCORE, r, expr->index, 0);
      return;
    case REF_DEFINE:
      depend_all(c, tr_compile_define(c, expr->index)->inputs);
      emit(c, TR_OP_DEFINE, r, expr->index, 0);
      return;
    case REF_CRITERION: {
      const tr_criterion_def *criterion = tr_compile_criterion(c, expr->index);
      depend_all(c, criterion->inputs);
      emit(c, TR_OP_CRITERION, r, expr->index, 0);
      return;
    }
    case REF_KEPT:
      depend(c, c->program->kept[expr->index].input);
      emit(c, TR_OP_KEPT, r, expr->index, 0);
      return;
    default: break;
  }
  assert(!"a name that the checker let through means nothing");
}

/* ---- Conditions ------------------------------------------------------------------------------ */

static void into_chain(tr_compile *c, const tr_exprs *list, tr_opcode op, uint32_t r) {
  TR_LIST(uint32_t) skips = {0};
  for (uint32_t i = 0; i < list->count; i++) {
    into(c, list->items[i], i == 0 ? r : r + 1);
    if (i > 0) emit(c, op, r, r, r + 1);
    if (i + 1 == list->count) break;
    TR_PUSH(c->arena, &skips, c->out.count);
    emit(c, op == TR_OP_AND ? TR_OP_SKIP_FALSE : TR_OP_SKIP_TRUE, r, 0, 0);
  }
  for (uint32_t i = 0; i < skips.count; i++) {
    uint32_t distance = c->out.count - skips.items[i] - 1;
    c->out.items[skips.items[i]].b = distance;
  }
}

static void into_equal(tr_compile *c, const tr_type *type, uint32_t r) {
  if (tr_type_is_text(type))
    emit(c, TR_OP_SAME_TEXT, r, r, r + 1);
  else if (type->kind == TYPE_SET)
    emit(c, TR_OP_SAME_SET, r, r + 1, type->values.count);
  else
    emit(c, TR_OP_EQ, r, r, r + 1);
}

static void into_compare(tr_compile *c, const tr_expr *expr, uint32_t r) {
  into(c, expr->left, r);
  into(c, expr->right, r + 1);
  switch (expr->compare) {
    case COMPARE_EQ: into_equal(c, expr->left->type, r); return;
    case COMPARE_NE:
      into_equal(c, expr->left->type, r);
      emit(c, TR_OP_NOT, r, r, 0);
      return;
    case COMPARE_LT: emit(c, TR_OP_LT, r, r, r + 1); return;
    case COMPARE_LE: emit(c, TR_OP_LE, r, r, r + 1); return;
    case COMPARE_GT: emit(c, TR_OP_LT, r, r + 1, r); return;
    case COMPARE_GE: emit(c, TR_OP_LE, r, r + 1, r); return;
  }
}

static int by_number(const int64_t *values, uint32_t count, int64_t value) {
  for (uint32_t i = 0; i < count; i++) {
    if (values[i] >= value) return (int)i;
  }
  return (int)count;
}

/* Adds to a rising list; texts by their fold. */
static void add_value(tr_compile *c, tr_list_def *list, int64_t *values, const tr_expr *item,
                      const tr_type *type) {
  int64_t value;
  if (!tr_compile_constant(c, item, type, &value)) return;
  if (tr_type_is_text(type)) value = tr_texts_folded(&c->program->texts, (uint32_t)value);
  int at = by_number(values, list->count, value);
  if ((uint32_t)at < list->count && values[at] == value) return;
  memmove(values + at + 1, values + at, sizeof *values * (list->count - (uint32_t)at));
  values[at] = value;
  list->count++;
}

static void into_in(tr_compile *c, const tr_expr *expr, uint32_t r) {
  tr_list_def list = {0};
  int64_t *values = TR_NEW_ARRAY(c->arena, int64_t, expr->list.count + 1);
  for (uint32_t i = 0; i < expr->list.count; i++) {
    add_value(c, &list, values, expr->list.items[i], expr->left->type);
  }
  list.values = values;
  list.name = tr_type_is_text(expr->left->type) ? "" : NULL;
  TR_PUSH(c->arena, &c->value_lists, list);
  into(c, expr->left, r);
  emit(c, TR_OP_IN, r, r, c->value_lists.count - 1);
}

static void into_between(tr_compile *c, const tr_expr *expr, uint32_t r) {
  into(c, expr->left, r);
  into(c, expr->list.items[0], r + 1);
  emit(c, TR_OP_LE, r + 1, r + 1, r);
  into(c, expr->list.items[1], r + 2);
  emit(c, TR_OP_LE, r + 2, r, r + 2);
  emit(c, TR_OP_AND, r, r + 1, r + 2);
  c->registers = c->registers < r + 3 ? r + 3 : c->registers;
}

static void into_words(tr_compile *c, const tr_expr *expr, uint32_t r) {
  const char **patterns = TR_NEW_ARRAY(c->arena, const char *, expr->list.count);
  for (uint32_t i = 0; i < expr->list.count; i++) patterns[i] = expr->list.items[i]->text;
  size_t wrong;
  const char *why;
  const tr_words *words = tr_words_compile(c->arena, patterns, expr->list.count, &wrong, &why);
  if (!words) {
    tr_report(c->check->diags, DIAG_WRONG_FORM, expr->list.items[wrong]->span, "pattern \"%s\" %s",
              patterns[wrong], why);
    emit(c, TR_OP_CONST, r, constant(c, 0), 0);
    return;
  }
  TR_PUSH(c->arena, &c->words, words);
  into(c, expr->left, r);
  emit(c, TR_OP_WORDS, r, r, c->words.count - 1);
}

static void into_at_least(tr_compile *c, const tr_expr *expr, uint32_t r) {
  for (uint32_t i = 0; i < expr->list.count; i++) into(c, expr->list.items[i], r + i);
  emit(c, TR_OP_AT_LEAST, r, expr->list.count, (uint32_t)expr->number);
}

/* ---- Groups and signals ---------------------------------------------------------------------- */

static uint32_t part_code(tr_compile *c, const tr_expr *expr, tr_bits inputs) {
  tr_code code = tr_compile_code(c, expr, NULL, inputs); /* first: it may push codes itself */
  TR_PUSH(c->arena, &c->codes, code);
  return c->codes.count - 1;
}

static uint32_t over_members(tr_compile *c, const tr_expr *expr) {
  depend(c, c->program->member_input);
  depend(c, c->program->entities[ENTITY_LEAD].fields[c->program->complete_field].input);
  return part_code(c, expr, c->inputs);
}

/* What is asked of leads is asked of other leads, too: it concerns all. A lead that opens enters a
 * stage. */
uint32_t tr_compile_over_leads(tr_compile *c, const tr_expr *expr) {
  tr_bits inputs = tr_bits_new(c->arena, c->program->input_words);
  tr_bits_set(inputs, c->program->stage_input);
  uint32_t code = part_code(c, expr, inputs);
  tr_bits_add(c->program->shared_inputs, inputs, c->program->input_words);
  depend_all(c, inputs);
  return code;
}

/* Nobody can be beyond the ends of a scale: where somebody stands at its top, that is the largest,
 * whoever else there is. */
static void into_ends(tr_compile *c, const tr_expr *expr, uint32_t r) {
  bool largest = expr->kind == EXPR_MAX_OF;
  int64_t end = largest ? expr->type->values.count - 1 : 0;
  emit(c, TR_OP_CONST, r + 1, constant(c, end), 0);
  emit(c, largest ? TR_OP_SMALLER : TR_OP_LARGER, r, r, r + 1);
}

static void into_over(tr_compile *c, const tr_expr *expr, uint32_t r) {
  static const struct {
    tr_expr_kind kind;
    tr_opcode op;
  } ops[] = {
      {EXPR_ANY_HAS, TR_OP_ANY}, {EXPR_EVERY_HAS, TR_OP_EVERY}, {EXPR_COUNT_WITH, TR_OP_COUNT_WITH},
      {EXPR_SUM_OF, TR_OP_SUM},  {EXPR_MAX_OF, TR_OP_MAX},      {EXPR_MIN_OF, TR_OP_MIN}};
  uint32_t code = expr->group == GROUP_MEMBERS ? over_members(c, expr->left)
                                               : tr_compile_over_leads(c, expr->left);
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
    if (ops[i].kind == expr->kind) emit(c, ops[i].op, r, expr->group, code);
  }
  if (expr->type->kind == TYPE_SCALE) into_ends(c, expr, r);
}

static void into_signals(tr_compile *c, const tr_expr *expr, uint32_t r) {
  uint32_t trigger = tr_compile_trigger(c, expr->name);
  uint32_t window =
      tr_compile_window(c, trigger, expr->name.text, (tr_entity)expr->entity, expr->number);
  depend(c, c->windows.items[window].input);
  if (expr->kind == EXPR_TIME_SINCE) {
    emit(c, TR_OP_SINCE, r, window, 0);
    return;
  }
  emit(c, TR_OP_COUNT, r, window, constant(c, expr->number));
  if (expr->kind != EXPR_NO) return;
  emit(c, TR_OP_CONST, r + 1, constant(c, 0), 0);
  emit(c, TR_OP_EQ, r, r, r + 1);
}

static void into_measure(tr_compile *c, const tr_expr *expr, uint32_t r) {
  uint32_t measure = tr_compile_measure(c, expr);
  depend(c, c->measures.items[measure].input);
  emit(c, TR_OP_MEASURE, r, measure, constant(c, expr->number));
}

static void into_lookup(tr_compile *c, const tr_expr *expr, uint32_t r) {
  for (uint32_t i = 0; i < expr->list.count; i++) into(c, expr->list.items[i], r + i);
  emit(c, TR_OP_LOOKUP, r, expr->index, (uint32_t)expr->number);
}

/* ---- Where a lead has been ------------------------------------------------------------------- */

static void into_stays(tr_compile *c, const tr_expr *expr, uint32_t r) {
  bool reason = expr->kind == EXPR_PREVIOUS_REASON;
  tr_opcode op = reason                             ? TR_OP_PREVIOUS_REASON
                 : expr->kind == EXPR_TIMES_ENTERED ? TR_OP_TIMES_ENTERED
                 : expr->kind == EXPR_DATE_ENTERED  ? TR_OP_DATE_ENTERED
                                                    : TR_OP_TIME_IN_STAGE;
  if (reason)
    tr_compile_reasons(c, expr->type);
  else if (op != TR_OP_TIME_IN_STAGE)
    c->program->keeps_stays = true;
  depend(c, c->program->stage_input);
  emit(c, op, r, expr->index, 0);
}

/* ---- Arithmetic ------------------------------------------------------------------------------ */

static void into_binary(tr_compile *c, const tr_expr *expr, tr_opcode op, uint32_t r) {
  into(c, expr->left, r);
  into(c, expr->right, r + 1);
  emit(c, op, r, r, r + 1);
}

static void into_sum(tr_compile *c, const tr_expr *expr, uint32_t r) {
  into(c, expr->left, r);
  into(c, expr->right, r + 1);
  if (expr->left->type->kind == TYPE_DATE) emit(c, TR_OP_SCALE, r + 1, constant(c, 86400000), 0);
  emit(c, expr->kind == EXPR_ADD ? TR_OP_ADD : TR_OP_SUB, r, r, r + 1);
}

static void into_extreme(tr_compile *c, const tr_expr *expr, uint32_t r) {
  for (uint32_t i = 0; i < expr->list.count; i++) {
    into(c, expr->list.items[i], i == 0 ? r : r + 1);
    if (i > 0) emit(c, expr->kind == EXPR_LARGER ? TR_OP_LARGER : TR_OP_SMALLER, r, r, r + 1);
  }
}

static void into_otherwise(tr_compile *c, const tr_expr *expr, uint32_t r) {
  into(c, expr->left, r);
  uint32_t skip = c->out.count;
  emit(c, TR_OP_SKIP_KNOWN, r, 0, 0);
  into(c, expr->right, r);
  c->out.items[skip].b = c->out.count - skip - 1;
}

static void into_known(tr_compile *c, const tr_expr *expr, uint32_t r) {
  into(c, expr->left, r);
  if (expr->left->type->kind == TYPE_SET)
    emit(c, TR_OP_KNOWN_SET, r, r, expr->left->type->values.count);
  else
    emit(c, TR_OP_KNOWN, r, r, 0);
}

static void into_days(tr_compile *c, const tr_expr *expr, uint32_t r) {
  into(c, expr->left, r);
  if (expr->left->type->kind == TYPE_TIME) emit(c, TR_OP_DATE_OF, r, r, 0);
  emit(c, TR_OP_DAYS_UNTIL, r, r, 0);
  if (expr->kind == EXPR_DAYS_SINCE) emit(c, TR_OP_NEGATE, r, r, 0);
}

/* ---- Everything ------------------------------------------------------------------------------ */

static void into_constant(tr_compile *c, const tr_expr *expr, uint32_t r) {
  int64_t value = 0;
  bool is_known = tr_compile_constant(c, expr, expr->type, &value);
  assert(is_known);
  emit(c, TR_OP_CONST, r, constant(c, value), 0);
}

static void into(tr_compile *c, const tr_expr *expr, uint32_t r) {
  uint32_t needed =
      r + 2 + (expr->kind == EXPR_AT_LEAST || expr->kind == EXPR_LOOKUP ? expr->list.count : 0);
  if (needed > c->registers) c->registers = needed;
  switch (expr->kind) {
    case EXPR_ABSENT:
    case EXPR_ERROR: assert(!"an expression with an error"); return;
    case EXPR_UNKNOWN: emit(c, TR_OP_UNKNOWN, r, 0, 0); return;
    case EXPR_TRUTH:
    case EXPR_NUMBER:
    case EXPR_PERCENT:
    case EXPR_MONEY:
    case EXPR_DURATION:
    case EXPR_BUSINESS_DAYS:
    case EXPR_DATE:
    case EXPR_DATETIME:
    case EXPR_TEXT: into_constant(c, expr, r); return;
    case EXPR_NAME: into_name(c, expr, r); return;
    case EXPR_LOOKUP: into_lookup(c, expr, r); return;
    case EXPR_AND:
    case EXPR_ALL_OF: into_chain(c, &expr->list, TR_OP_AND, r); return;
    case EXPR_OR: into_chain(c, &expr->list, TR_OP_OR, r); return;
    case EXPR_NONE_OF:
      into_chain(c, &expr->list, TR_OP_OR, r);
      emit(c, TR_OP_NOT, r, r, 0);
      return;
    case EXPR_NOT:
      into(c, expr->left, r);
      emit(c, TR_OP_NOT, r, r, 0);
      return;
    case EXPR_BEFORE:
    case EXPR_COMPARE: into_compare(c, expr, r); return;
    case EXPR_EXACTLY: into_binary(c, expr, TR_OP_SAME_BYTES, r); return;
    case EXPR_IN: into_in(c, expr, r); return;
    case EXPR_IN_LIST:
      into(c, expr->left, r);
      emit(c, TR_OP_IN_LIST, r, r, expr->index);
      return;
    case EXPR_BETWEEN: into_between(c, expr, r); return;
    case EXPR_STARTS_WITH: into_binary(c, expr, TR_OP_STARTS_WITH, r); return;
    case EXPR_ENDS_WITH: into_binary(c, expr, TR_OP_ENDS_WITH, r); return;
    case EXPR_CONTAINS: into_binary(c, expr, TR_OP_CONTAINS, r); return;
    case EXPR_HAS:
      into_binary(c, expr, expr->left->type->kind == TYPE_SET ? TR_OP_HAS : TR_OP_HAS_TEXT, r);
      return;
    case EXPR_MATCHES:
      into(c, expr->left, r);
      emit(c, TR_OP_MATCHES, r, r, tr_compile_match(c, expr->right->text));
      return;
    case EXPR_HAS_ANY_OF: into_words(c, expr, r); return;
    case EXPR_IS_KNOWN: into_known(c, expr, r); return;
    case EXPR_IS_OPEN:
      into(c, expr->left, r);
      emit(c, TR_OP_KNOWN, r, r, 0);
      emit(c, TR_OP_NOT, r, r, 0);
      return;
    case EXPR_OTHERWISE: into_otherwise(c, expr, r); return;
    case EXPR_ADD:
    case EXPR_SUBTRACT: into_sum(c, expr, r); return;
    case EXPR_MULTIPLY: into_binary(c, expr, TR_OP_MUL, r); return;
    case EXPR_DIVIDE: into_binary(c, expr, TR_OP_DIV, r); return;
    case EXPR_NEGATE:
      into(c, expr->left, r);
      emit(c, TR_OP_NEGATE, r, r, 0);
      return;
    case EXPR_LOWERED: into_binary(c, expr, TR_OP_LOWERED, r); return;
    case EXPR_LARGER:
    case EXPR_SMALLER: into_extreme(c, expr, r); return;
    case EXPR_AT_LEAST: into_at_least(c, expr, r); return;
    case EXPR_ANY_HAS:
    case EXPR_EVERY_HAS:
    case EXPR_COUNT_WITH:
    case EXPR_SUM_OF:
    case EXPR_MAX_OF:
    case EXPR_MIN_OF: into_over(c, expr, r); return;
    case EXPR_COUNT:
    case EXPR_NO:
    case EXPR_TIME_SINCE: into_signals(c, expr, r); return;
    case EXPR_SUM_IN:
    case EXPR_MAX_IN:
    case EXPR_MIN_IN:
    case EXPR_COUNT_DAYS:
    case EXPR_ACTOR: into_measure(c, expr, r); return;
    case EXPR_DAYS_UNTIL:
    case EXPR_DAYS_SINCE: into_days(c, expr, r); return;
    case EXPR_TIMES_ENTERED:
    case EXPR_DATE_ENTERED:
    case EXPR_TIME_IN_STAGE:
    case EXPR_PREVIOUS_REASON: into_stays(c, expr, r); return;
    case EXPR_AGE: emit(c, TR_OP_AGE, r, 0, 0); return;
    case EXPR_DOMAIN:
      into(c, expr->left, r);
      emit(c, TR_OP_DOMAIN, r, r, 0);
      return;
    case EXPR_TABLE: emit(c, TR_OP_TABLE, r, tr_compile_table(c, expr, c->inputs), 0); return;
  }
}

tr_code tr_compile_code(tr_compile *compile, const tr_expr *expr, const tr_event_decl *event,
                        tr_bits inputs) {
  if (!expr) return (tr_code){0};
  tr_compile outer = *compile;
  memset(&compile->out, 0, sizeof compile->out);
  compile->registers = 0;
  compile->inputs = inputs;
  compile->event = event;
  into(compile, expr, 0);
  tr_code code = {
      .items = compile->out.items, .count = compile->out.count, .registers = compile->registers};
  if (compile->registers > TR_REGISTERS_MAX) {
    tr_report(compile->check->diags, DIAG_TOO_DEEP, expr->span,
              "this expression holds more than %d values at once", TR_REGISTERS_MAX);
  }
  memcpy(&compile->out, &outer.out, sizeof compile->out);
  compile->registers = outer.registers;
  compile->inputs = outer.inputs;
  compile->event = outer.event;
  return code;
}

/* ---- Constants ------------------------------------------------------------------------------- */

static int64_t text_number(tr_compile *c, const char *text) {
  return tr_texts_add(&c->program->texts, text, strlen(text));
}

static int64_t texts_number(tr_compile *c, const tr_expr *value) {
  treaty_text list = tr_text_list_of(c->arena, value);
  return tr_texts_add(&c->program->texts, list.bytes, list.length);
}

bool tr_compile_constant(tr_compile *compile, const tr_expr *value, const tr_type *type,
                         int64_t *number) {
  if (value->kind == EXPR_UNKNOWN) return false;
  if (type->kind == TYPE_TEXTS) {
    *number = texts_number(compile, value);
    return true;
  }
  if (type->kind == TYPE_SET) {
    *number = 0;
    if (value->kind != EXPR_IN)
      *number = (int64_t)(UINT64_C(1) << value->number);
    else
      for (uint32_t i = 0; i < value->list.count; i++)
        *number |= (int64_t)(UINT64_C(1) << value->list.items[i]->number);
    return true;
  }
  if (value->kind == EXPR_TEXT)
    *number = text_number(compile, value->text);
  else if (value->kind == EXPR_DATETIME)
    *number = tr_zone_to_utc(compile->program->zone, value->number);
  else if (value->kind == EXPR_NEGATE)
    *number = -value->left->number;
  else
    *number = value->number;
  return true;
}

/* ---- Conditions as people wrote them --------------------------------------------------------- */

static bool has_parts(const tr_expr *expr) {
  switch (expr->kind) {
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_AT_LEAST:
    case EXPR_ALL_OF:
    case EXPR_NONE_OF: return true;
    default: return false;
  }
}

static uint32_t parts_needed(const tr_expr *expr) {
  switch (expr->kind) {
    case EXPR_OR: return 1;
    case EXPR_AT_LEAST: return (uint32_t)expr->number;
    case EXPR_NONE_OF: return 0;
    default: return expr->list.count;
  }
}

tr_reason tr_compile_reason(tr_compile *compile, const tr_expr *expr) {
  tr_reason reason = {.criterion = TR_NONE};
  if (!expr) return reason;
  reason.text = tr_source_quote(compile->program->sources, compile->arena, expr->span);
  reason.code = tr_compile_code(compile, expr, NULL, (tr_bits){0});
  if (expr->kind == EXPR_NAME && expr->ref_kind == REF_CRITERION) reason.criterion = expr->index;
  if (!has_parts(expr)) return reason;
  tr_reason *parts = TR_NEW_ARRAY(compile->arena, tr_reason, expr->list.count);
  for (uint32_t i = 0; i < expr->list.count; i++)
    parts[i] = tr_compile_reason(compile, expr->list.items[i]);
  reason.parts = parts;
  reason.part_count = expr->list.count;
  reason.needed = parts_needed(expr);
  return reason;
}
