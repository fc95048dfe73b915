/* check_test.c - the tests of a treaty: that they speak of what there is. */
#include <string.h>

#include "engine/check.h"
#include "engine/scenario.h"
#include "grammar/near.h"

/* What may be given, and its type. */
typedef struct fields {
  const char **names;
  const tr_type **types;
  uint32_t count;
} fields;

static fields fields_new(tr_check *check, uint32_t room) {
  return (fields){.names = TR_NEW_ARRAY(check->arena, const char *, room + 1),
                  .types = TR_NEW_ARRAY(check->arena, const tr_type *, room + 1)};
}

static void fields_add(fields *fields, const char *name, const tr_type *type) {
  fields->names[fields->count] = name;
  fields->types[fields->count++] = type;
}

static void check_givens(tr_check *check, tr_givens *givens, const fields *fields,
                         const char *whose) {
  for (uint32_t i = 0; i < givens->count; i++) {
    tr_given *given = &givens->items[i];
    uint32_t k = 0;
    while (k < fields->count && strcmp(fields->names[k], given->name.text) != 0) k++;
    if (k < fields->count) {
      tr_check_constant(check, given->value, fields->types[k], "a test");
    } else {
      tr_check_unknown(check, DIAG_UNKNOWN_FIELD, given->name,
                       tr_arena_print(check->arena, "a field of %s", whose), fields->names,
                       fields->count);
    }
  }
}

/* A lead may be given the stage at which it opens. */
static void take_stage(tr_check *check, tr_test_step *step, fields *fields) {
  if (check->tree->stages.count == 0 || tr_field_find(check->symbols, ENTITY_LEAD, "stage")) return;
  fields_add(fields, "stage", check->symbols->stage_type);
  for (uint32_t i = 0; i < step->givens.count; i++) {
    const tr_given *given = &step->givens.items[i];
    if (strcmp(given->name.text, "stage") == 0 && given->value->kind == EXPR_NAME)
      step->stage = given->value;
  }
}

static void check_entity(tr_check *check, tr_test_step *step) {
  const tr_symbols *symbols = check->symbols;
  uint32_t count = symbols->fields[step->entity].count;
  fields fields = fields_new(check, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    const tr_entity_field *field = &symbols->fields[step->entity].items[i];
    fields_add(&fields, field->field->name.text, field->type);
  }
  if (step->entity == ENTITY_LEAD) take_stage(check, step, &fields);
  check_givens(check, &step->givens, &fields, tr_entity_names[step->entity]);
  if (step->entity != ENTITY_LEAD || check->tree->stages.count > 0) return;
  if (!tr_check_is_whole(check)) return;
  tr_report(check->diags, DIAG_MISSING, step->span, "a treaty without 'stages' has no leads");
}

static void check_send(tr_check *check, tr_test_step *step) {
  const tr_symbol *symbol =
      tr_check_name(check, step->name, SYMBOL_EVENT, SYMBOL_EVENT, "an event");
  if (!symbol) return;
  const tr_event_decl *event = symbol->decl;
  fields fields = fields_new(check, event->fields.count);
  for (uint32_t i = 0; i < event->fields.count; i++) {
    tr_field *field = &event->fields.items[i];
    fields_add(&fields, field->name.text, tr_check_type(check, field->type));
  }
  check_givens(check, &step->givens, &fields,
               tr_arena_print(check->arena, "event %s", event->name.text));
}

static const char *listed(tr_check *check, const char *const *names, size_t count) {
  const char *list = names[0];
  for (size_t i = 1; i < count; i++)
    list = tr_arena_print(check->arena, i + 1 < count ? "%s, %s" : "%s or %s", list, names[i]);
  return list;
}

static void unknown_decision(tr_check *check, tr_name name, const char *const *names,
                             size_t count) {
  const char *near = tr_near_name(name.text, names, count);
  tr_diag *diag = tr_report(check->diags, DIAG_UNKNOWN_NAME, name.span,
                            "'%s' is not something that is decided", name.text);
  if (near)
    tr_diag_help(diag, "Did you mean '%s'?", near);
  else
    tr_diag_help(diag, "What is decided is one of %s.", listed(check, names, count));
}

static bool owes(const tr_clause *clause, const char *name) {
  if (clause->kind != CLAUSE_OWES) return false;
  const tr_duty_decl *duty = clause->duty;
  if (duty->owed.text) return strcmp(duty->owed.text, name) == 0;
  for (uint32_t i = 0; i < duty->facts.count; i++) {
    if (strcmp(duty->facts.items[i].text, name) == 0) return true;
  }
  return false;
}

/* Whether somebody owes it: a signal, an event, a fact. */
static bool is_owed(const tr_check *check, const char *name) {
  const tr_tree *tree = check->tree;
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    const tr_clauses *clauses = &tree->agreements.items[i]->clauses;
    for (uint32_t k = 0; k < clauses->count; k++) {
      if (owes(clauses->items[k], name)) return true;
    }
  }
  return false;
}

/* Some agreement has a play of this name. */
static void check_play(tr_check *check, tr_name play) {
  TR_LIST(const char *) names = {0};
  for (uint32_t i = 0; i < check->tree->agreements.count; i++) {
    const tr_clauses *clauses = &check->tree->agreements.items[i]->clauses;
    for (uint32_t k = 0; k < clauses->count; k++) {
      if (!clauses->items[k]->play) continue;
      if (strcmp(clauses->items[k]->play->name.text, play.text) == 0) return;
      TR_PUSH(check->arena, &names, clauses->items[k]->play->name.text);
    }
  }
  tr_check_unknown(check, DIAG_UNKNOWN_NAME, play, "a play", names.items, names.count);
}

static void check_decision(tr_check *check, tr_test_step *step) {
  if (step->play.text) check_play(check, step->play);
  const char *names[TR_EXPECTATIONS_MAX];
  size_t count = tr_expectation_words(names);
  size_t i = 0;
  while (i < count && strcmp(names[i], step->name.text) != 0) i++;
  if (i == count && !is_owed(check, step->name.text)) {
    unknown_decision(check, step->name, names, count);
    return;
  }
  if (step->to_rep) {
    (void)tr_check_is_person(check, step->to);
  } else if (step->to.text) {
    const tr_symbol *to = tr_symbol_find(check->symbols, step->to);
    if (!to || (to->kind != SYMBOL_PARTY && to->kind != SYMBOL_CONTACT &&
                to->kind != SYMBOL_STAGE && to->kind != SYMBOL_TEAM)) {
      tr_check_name(check, step->to, SYMBOL_PARTY, SYMBOL_CONTACT, "a party, contact or stage");
    }
  }
  if (step->due && step->due->kind != EXPR_DATETIME) {
    tr_diag *diag =
        tr_report(check->diags, DIAG_WRONG_TYPE, step->due->span, "'due' takes a date and time");
    tr_diag_help(diag, "Write it as in 'due 2026-11-09 12:00'.");
  }
}

/* What governs a lead, and why it was moved last, in names of their own. */
static bool is_of_the_agreement(tr_check *check, const tr_test_step *step) {
  if (strcmp(step->name.text, "version") == 0 || strcmp(step->name.text, "reason") == 0)
    return true;
  if (strcmp(step->name.text, "agreement") != 0) return false;
  if (step->value->kind != EXPR_TEXT && step->value->kind != EXPR_UNKNOWN) {
    tr_report(check->diags, DIAG_WRONG_TYPE, step->value->span,
              "an agreement is named by its text, or unknown");
  }
  return true;
}

static void check_phase(tr_check *check, tr_test_step *step) {
  const char *value = step->value->kind == EXPR_NAME ? step->value->name.text : "";
  if (strcmp(value, "observed") == 0 || strcmp(value, "inferred") == 0) return;
  tr_diag *diag = tr_report(check->diags, DIAG_UNKNOWN_VALUE, step->value->span,
                            "a phase is observed or inferred");
  tr_diag_help(diag, "To ask in which phase a lead is, write 'expect phase of … is %s'.",
               step->name.text);
}

/* `first_touch of sales is kept`: of so many that a party owes in a period. */
static bool check_quota(tr_check *check, tr_test_step *step) {
  static const char *const names[] = {"running", "kept", "broken", "not owed"};
  const size_t count = sizeof names / sizeof *names;
  if (!step->who.account.text ||
      !tr_check_owes_quota(check, step->who.account.text, step->name.text))
    return false;
  const char *value = step->value->kind == EXPR_NAME ? step->value->name.text : "";
  step->of_duty = step->of_quota = true;
  if (step->who.person.text) (void)tr_check_is_person(check, step->who.person);
  for (size_t i = 0; i < count; i++) {
    if (strcmp(names[i], value) == 0) return true;
  }
  tr_report(check->diags, DIAG_UNKNOWN_VALUE, step->value->span, "a quota is %s",
            listed(check, names, count));
  return true;
}

/* Of a signal or event that somebody owes: what has become of it. */
static bool check_outcome(tr_check *check, tr_test_step *step) {
  const tr_symbol *symbol = tr_symbol_find(check->symbols, step->name);
  if (!symbol || (symbol->kind != SYMBOL_SIGNAL && symbol->kind != SYMBOL_EVENT)) return false;
  if (!is_owed(check, step->name.text)) return false;
  const char *names[TR_EXPECTATIONS_MAX];
  size_t count = tr_expectation_outcomes(names);
  const char *value = step->value->kind == EXPR_NAME ? step->value->name.text : "";
  step->of_duty = true;
  for (size_t i = 0; i < count; i++) {
    if (strcmp(names[i], value) == 0) return true;
  }
  tr_report(check->diags, DIAG_UNKNOWN_VALUE, step->value->span, "what is owed is %s",
            listed(check, names, count));
  return true;
}

/* A field, definition or score, and the value it should have; criteria are met, not met, open. */
static void check_value(tr_check *check, tr_test_step *step) {
  if (check_quota(check, step)) return;
  const tr_symbol *symbol = tr_symbol_find(check->symbols, step->name);
  if (symbol && symbol->kind == SYMBOL_CRITERION) {
    const char *const states[] = {"met", "not met", "open"};
    tr_expr *value = step->value;
    for (size_t i = 0; value->kind == EXPR_NAME && i < 3; i++) {
      if (strcmp(value->name.text, states[i]) == 0) return;
    }
    tr_diag *diag = tr_report(check->diags, DIAG_UNKNOWN_VALUE, value->span,
                              "a criterion is met, not met or open");
    if (value->kind == EXPR_NAME && strcmp(value->name.text, "unmet") == 0)
      tr_diag_help(diag, "Write 'not met'.");
    return;
  }
  if (symbol && symbol->kind == SYMBOL_PHASE) {
    check_phase(check, step);
    return;
  }
  if (is_of_the_agreement(check, step) || check_outcome(check, step)) return;
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

/* The grammar lets only a name stand for one, and that is a column's. */
static void check_time(tr_check *check, const tr_test_step *step) {
  const tr_expr *time = step->value;
  if (time->kind == (step->kind == TEST_AFTER ? EXPR_DURATION : EXPR_DATETIME)) return;
  tr_report(check->diags, DIAG_WRONG_TYPE, time->span, "%s is needed here",
            step->kind == TEST_AFTER ? "a duration like '4 hours'"
                                     : "a date and time like '2026-11-06 14:00'");
}

/* What a name is compared with by its order. */
static void check_range(tr_check *check, tr_test_step *step) {
  tr_scope scope = {.entity = step->who.person.text ? ENTITY_MEMBER : ENTITY_LEAD};
  tr_expr name = {.kind = EXPR_NAME, .name = step->name, .span = step->name.span};
  const tr_type *type = tr_check_expr(check, &scope, &name, NULL);
  if (type->kind == TYPE_ERROR) return;
  step->type = type;
  if (!tr_type_is_ordered(type) || name.ref_kind == REF_CRITERION) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, step->name.span,
                              "'%s' has no order: it can only be equal or not", step->name.text);
    tr_diag_help(diag, "Write 'is' and the value.");
    return;
  }
  tr_check_constant(check, step->value, type, "a test");
  if (step->high) tr_check_constant(check, step->high, type, "a test");
}

/* `contact of X by P is …`. */
static void check_contact(tr_check *check, const tr_test_step *step) {
  tr_check_name(check, step->to, SYMBOL_PARTY, SYMBOL_PARTY, "a party");
  if (strcmp(step->name.text, "contact") != 0) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_FORM, step->name.span,
                              "only a contact is by somebody here");
    tr_diag_help(diag, "Write 'expect contact of … by … is allowed'.");
    return;
  }
  const tr_expr *answer = step->value;
  if (answer->kind == EXPR_DATETIME) return;
  if (answer->kind == EXPR_NAME &&
      (strcmp(answer->name.text, "allowed") == 0 || strcmp(answer->name.text, "never") == 0))
    return;
  tr_report(check->diags, DIAG_UNKNOWN_VALUE, answer->span,
            "a contact is allowed, never, or not before a date and time");
}

static void check_step(tr_check *check, const tr_test *test, uint32_t index, tr_test_step *step) {
  if (index == 0 && step->kind != TEST_CLOCK && tr_check_is_whole(check)) {
    tr_diag *diag = tr_report(check->diags, DIAG_MISSING, test->span, "this test has no clock");
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
    case TEST_EXPECT_RANGE: check_range(check, step); break;
    case TEST_EXPECT_CONTACT: check_contact(check, step); break;
    case TEST_AFTER:
    case TEST_AT:
    case TEST_EXPECT_NOTHING: break;
  }
  if (step->kind == TEST_CLOCK || step->kind == TEST_AT || step->kind == TEST_AFTER)
    check_time(check, step);
}

static void check_steps(tr_check *check, tr_test *test) {
  uint32_t found = check->diags->found.count;
  for (uint32_t i = 0; i < test->steps.count; i++)
    check_step(check, test, i, &test->steps.items[i]);
  tr_diags_drop_repeats(check->diags, found);
}

void tr_check_tests(tr_check *check) {
  tr_check_cases(check);
  for (uint32_t i = 0; i < check->tree->setups.count; i++)
    check_steps(check, check->tree->setups.items[i]);
  for (uint32_t i = 0; i < check->tree->tests.count; i++)
    check_steps(check, check->tree->tests.items[i]);
}
