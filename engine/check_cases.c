/* check_cases.c - tests that stand for several: `test "…" from setup NAME`, `each a, b { rows }`.
 *
 * A test becomes one plain test for each row: the steps of its setup, then its own, in which the
 * row's values stand where the names of the columns stood. So whoever runs tests knows neither. */
#include <string.h>

#include "engine/check.h"

/* One row of a test; columns.count == 0: the test has none. */
typedef struct test_case {
  tr_check *check;
  const tr_names *columns;
  const tr_row *row;
  bool failed; /* a value does not fit where it is to stand */
} test_case;

static uint32_t column_of(const test_case *one, const char *name) {
  uint32_t i = 0;
  while (i < one->columns->count && strcmp(one->columns->items[i].text, name) != 0) i++;
  return i;
}

static tr_expr *copy_of(const test_case *one, const tr_expr *expr) {
  tr_expr *copy = TR_NEW(one->check->arena, tr_expr);
  *copy = *expr;
  return copy;
}

/* The row's value where `expr` names a column; each place has its own, for each may be of another
 * type. */
static tr_expr *filled_in(const test_case *one, tr_expr *expr) {
  if (expr && expr->kind == EXPR_NAME) {
    uint32_t column = column_of(one, expr->name.text);
    if (column == one->columns->count) return copy_of(one, expr);
    test_case as_it_is = {.check = one->check, .columns = &(tr_names){0}};
    return filled_in(&as_it_is, one->row->values.items[column]);
  }
  if (!expr || expr->kind != EXPR_IN) return expr;
  tr_expr *copy = copy_of(one, expr);
  copy->list = (tr_exprs){0};
  for (uint32_t i = 0; i < expr->list.count; i++)
    TR_PUSH(one->check->arena, &copy->list, filled_in(one, expr->list.items[i]));
  return copy;
}

static tr_name name_filled_in(test_case *one, tr_name name) {
  uint32_t column = name.text ? column_of(one, name.text) : one->columns->count;
  if (column == one->columns->count) return name;
  const tr_expr *value = one->row->values.items[column];
  if (value->kind == EXPR_NAME) return value->name;
  tr_report(one->check->diags, DIAG_WRONG_TYPE, value->span,
            "'%s' stands for a name, and this is none", name.text);
  one->failed = true;
  return name;
}

static tr_test_step step_filled_in(test_case *one, tr_test_step step) {
  tr_givens givens = {0};
  for (uint32_t i = 0; i < step.givens.count; i++) {
    tr_given given = step.givens.items[i];
    given.value = filled_in(one, given.value);
    TR_PUSH(one->check->arena, &givens, given);
  }
  step.givens = givens;
  step.value = filled_in(one, step.value);
  step.high = filled_in(one, step.high);
  step.due = filled_in(one, step.due);
  step.to = name_filled_in(one, step.to);
  if (step.kind == TEST_EXPECT_STAGE) step.name = name_filled_in(one, step.name);
  return step;
}

/* ---- The tests ------------------------------------------------------------------------------- */

static const tr_test *setup_of(tr_check *check, const tr_test *test) {
  const tr_tree *tree = check->tree;
  if (!test->setup.text) return NULL;
  const char **names = TR_NEW_ARRAY(check->arena, const char *, tree->setups.count + 1);
  for (uint32_t i = 0; i < tree->setups.count; i++) {
    names[i] = tree->setups.items[i]->name;
    if (strcmp(names[i], test->setup.text) == 0) return tree->setups.items[i];
  }
  tr_check_unknown(check, DIAG_UNKNOWN_NAME, test->setup, "a setup", names, tree->setups.count);
  return NULL;
}

/* "what it says (400, MQL)": the row as it is written, each gap one space wide. */
static const char *case_name(tr_check *check, const tr_test *test, const tr_row *row) {
  const char *from = check->diags->sources.files.items[row->span.file].bytes + row->span.from;
  uint32_t length = row->span.to - row->span.from, used = 0;
  char *text = tr_arena_copy(check->arena, from, length);
  for (uint32_t i = 0; i < length; i++) {
    bool gap = from[i] == ' ' || from[i] == '\n' || from[i] == '\r' || from[i] == '\t';
    if (!gap)
      text[used++] = from[i];
    else if (text[used - 1] != ' ')
      text[used++] = ' ';
  }
  return tr_arena_print(check->arena, "%s (%.*s)", test->name, (int)used, text);
}

static void add_case(tr_check *check, const tr_test *test, const tr_test *setup,
                     const tr_row *row) {
  test_case one = {.check = check, .columns = &test->columns, .row = row};
  tr_test *plain = TR_NEW(check->arena, tr_test);
  *plain = (tr_test){.name = row ? case_name(check, test, row) : test->name, .span = test->span};
  const tr_test *parts[] = {setup, test};
  for (uint32_t k = 0; k < 2; k++) {
    for (uint32_t i = 0; parts[k] && i < parts[k]->steps.count; i++)
      TR_PUSH(check->arena, &plain->steps, step_filled_in(&one, parts[k]->steps.items[i]));
  }
  if (!one.failed) TR_PUSH(check->arena, &check->tree->tests, plain);
}

static bool is_whole(tr_check *check, const tr_test *test, const tr_row *row) {
  if (row->values.count == test->columns.count) return true;
  tr_report(check->diags, DIAG_WRONG_FORM, row->span, "'each' names %u values, and this row has %u",
            test->columns.count, row->values.count);
  return false;
}

static void add_cases(tr_check *check, const tr_test *test) {
  const tr_test *setup = setup_of(check, test);
  if (test->setup.text && !setup) return;
  if (test->columns.count == 0) {
    add_case(check, test, setup, NULL);
    return;
  }
  if (test->rows.count == 0 && tr_check_is_whole(check))
    tr_report(check->diags, DIAG_MISSING, test->each_span, "'each' has no rows");
  for (uint32_t i = 0; i < test->rows.count; i++) {
    const tr_row *row = &test->rows.items[i];
    if (is_whole(check, test, row)) add_case(check, test, setup, row);
  }
}

static void check_duplicate(tr_check *check, const tr_test *const *tests, uint32_t index,
                            const char *message) {
  for (uint32_t i = 0; i < index; i++) {
    if (strcmp(tests[i]->name, tests[index]->name) != 0) continue;
    tr_diag *diag = tr_report(check->diags, DIAG_DUPLICATE, tests[index]->span, "%s", message);
    tr_diag_related(diag, tests[i]->span, "the other");
    return;
  }
}

void tr_check_cases(tr_check *check) {
  tr_tree *tree = check->tree;
  tr_test **tests = tree->tests.items;
  uint32_t count = tree->tests.count;
  memset(&tree->tests, 0, sizeof tree->tests);
  for (uint32_t i = 0; i < tree->setups.count; i++) {
    check_duplicate(check, (const tr_test *const *)tree->setups.items, i,
                    "two setups have the same name");
  }
  for (uint32_t i = 0; i < count; i++) {
    check_duplicate(check, (const tr_test *const *)tests, i, "two tests have the same name");
    if (tests[i]->steps.count == 0 && tr_check_is_whole(check))
      tr_report(check->diags, DIAG_MISSING, tests[i]->span, "this test has no steps");
    add_cases(check, tests[i]);
  }
}
