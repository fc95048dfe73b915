/* check_test.c - the tests of a treaty: that they speak of what there is. */
#include <string.h>

#include "engine/check.h"
#include "engine/scenario.h"

static void check_givens(tr_check *check, tr_givens *givens, const tr_field *const *fields,
                         const tr_type **types, uint32_t count, const char *whose) {
  const char **names = TR_NEW_ARRAY(check->arena, const char *, count + 1);
  for (uint32_t k = 0; k < count; k++) names[k] = fields[k]->name.text;
  for (uint32_t i = 0; i < givens->count; i++) {
    tr_given *given = &givens->items[i];
    uint32_t k = 0;
    while (k < count && strcmp(names[k], given->name.text) != 0) k++;
    if (k < count) {
      tr_check_constant(check, given->value, types[k], "a test");
    } else {
      tr_check_unknown(check, DIAG_UNKNOWN_FIELD, given->name,
                       tr_arena_print(check->arena, "a field of %s", whose), names, count);
    }
  }
}

static void check_entity(tr_check *check, tr_test_step *step) {
  uint32_t count = check->symbols->fields[step->entity].count;
  const tr_field **fields = TR_NEW_ARRAY(check->arena, const tr_field *, count + 1);
  const tr_type **types = TR_NEW_ARRAY(check->arena, const tr_type *, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    fields[i] = check->symbols->fields[step->entity].items[i].field;
    types[i] = check->symbols->fields[step->entity].items[i].type;
  }
  check_givens(check, &step->givens, fields, types, count, tr_entity_names[step->entity]);
}

static void check_send(tr_check *check, tr_test_step *step) {
  const tr_symbol *symbol =
      tr_check_name(check, step->name, SYMBOL_EVENT, SYMBOL_EVENT, "an event");
  if (!symbol) return;
  const tr_event_decl *event = symbol->decl;
  const tr_field **fields = TR_NEW_ARRAY(check->arena, const tr_field *, event->fields.count + 1);
  const tr_type **types = TR_NEW_ARRAY(check->arena, const tr_type *, event->fields.count + 1);
  for (uint32_t i = 0; i < event->fields.count; i++) {
    fields[i] = &event->fields.items[i];
    types[i] = tr_check_type(check, event->fields.items[i].type);
  }
  check_givens(check, &step->givens, fields, types, event->fields.count,
               tr_arena_print(check->arena, "event %s", event->name.text));
}

static void check_decision(tr_check *check, tr_test_step *step) {
  const char *names[TR_EXPECTATIONS_MAX];
  size_t count = tr_expectation_words(names);
  size_t i = 0;
  while (i < count && strcmp(names[i], step->name.text) != 0) i++;
  if (i == count) {
    tr_check_unknown(check, DIAG_UNKNOWN_NAME, step->name, "something that is decided", names,
                     count);
    return;
  }
  if (step->to.text) {
    const tr_symbol *to = tr_symbol_find(check->symbols, step->to.text);
    if (!to ||
        (to->kind != SYMBOL_PARTY && to->kind != SYMBOL_CONTACT && to->kind != SYMBOL_STAGE)) {
      tr_check_name(check, step->to, SYMBOL_PARTY, SYMBOL_CONTACT, "a party, contact or stage");
    }
  }
  if (step->due && step->due->kind != EXPR_DATETIME) {
    tr_report(check->diags, DIAG_WRONG_TYPE, step->due->span, "'due' takes a date and time");
  }
}

/* A field, definition or score, and the value it should have; criteria are met, not met, open. */
static void check_value(tr_check *check, tr_test_step *step) {
  const tr_symbol *symbol = tr_symbol_find(check->symbols, step->name.text);
  if (symbol && symbol->kind == SYMBOL_CRITERION) {
    const char *const states[] = {"met", "not met", "open"};
    tr_expr *value = step->value;
    for (size_t i = 0; value->kind == EXPR_NAME && i < 3; i++) {
      if (strcmp(value->name.text, states[i]) == 0) return;
    }
    tr_report(check->diags, DIAG_UNKNOWN_VALUE, value->span, "a criterion is met, not met or open");
    return;
  }
  if (strcmp(step->name.text, "version") == 0 || strcmp(step->name.text, "reason") == 0) return;
  tr_scope scope = {.entity = step->who.person.text ? ENTITY_MEMBER : ENTITY_LEAD};
  tr_expr name = {.kind = EXPR_NAME, .name = step->name, .span = step->name.span};
  const tr_type *type = tr_check_expr(check, &scope, &name, NULL);
  if (type->kind == TYPE_ERROR) return;
  step->type = type;
  if (type->kind == TYPE_TRUTH && step->value->kind != EXPR_TRUTH &&
      step->value->kind != EXPR_UNKNOWN) {
    tr_report(check->diags, DIAG_UNKNOWN_VALUE, step->value->span, "'%s' is true, false or unknown",
              step->name.text);
    return;
  }
  tr_check_constant(check, step->value, type, "a test");
}

static void check_step(tr_check *check, const tr_test *test, uint32_t index, tr_test_step *step) {
  if (index == 0 && step->kind != TEST_CLOCK) {
    tr_diag *diag =
        tr_report(check->diags, DIAG_MISSING, test->span, "test \"%s\" has no clock", test->name);
    tr_diag_help(diag, "Begin it with 'clock 2026-11-06 14:00'.");
  }
  switch (step->kind) {
    case TEST_CLOCK:
      if (index > 0)
        tr_report(check->diags, DIAG_REPEATED, step->span,
                  "a test has one clock, in its first line; use 'at' or 'after'");
      break;
    case TEST_ENTITY: check_entity(check, step); break;
    case TEST_SEND: check_send(check, step); break;
    case TEST_EXPECT_DECISION: check_decision(check, step); break;
    case TEST_EXPECT_STAGE:
      tr_check_name(check, step->name, SYMBOL_STAGE, SYMBOL_STAGE, "a stage");
      break;
    case TEST_EXPECT_VALUE: check_value(check, step); break;
    case TEST_AFTER:
    case TEST_AT:
    case TEST_EXPECT_NOTHING: break;
  }
}

void tr_check_tests(tr_check *check) {
  const tr_tree *tree = check->tree;
  for (uint32_t i = 0; i < tree->tests.count; i++) {
    tr_test *test = tree->tests.items[i];
    for (uint32_t k = 0; k < i; k++) {
      if (strcmp(tree->tests.items[k]->name, test->name) != 0) continue;
      tr_diag *diag =
          tr_report(check->diags, DIAG_DUPLICATE, test->span, "two tests have the same name");
      tr_diag_related(diag, tree->tests.items[k]->span, "the other");
    }
    if (test->steps.count == 0) {
      tr_report(check->diags, DIAG_MISSING, test->span, "this test has no steps");
    }
    for (uint32_t k = 0; k < test->steps.count; k++)
      check_step(check, test, k, &test->steps.items[k]);
  }
}
