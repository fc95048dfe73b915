/* witness.c - from the cells that a proof has chosen to a test, and to the engine; see witness.h.
 */
#include "engine/witness.h"

#include <string.h>

#include "engine/scenario.h"
#include "grammar/civil.h"
#include "grammar/parse.h"

/* What is given of an entity, as it is written between braces. */
typedef struct writing {
  tr_proof *proof;
  tr_arena *arena;
  const char *given[TR_ENTITIES];
  bool failed; /* something is asked that a test cannot give */
} writing;

static const tr_cell_value *chosen(const tr_proof *proof, const tr_variable *variable) {
  bool asked = variable->question == proof->questions && variable->cell != TR_OPEN;
  return asked ? &variable->cells[variable->cell] : NULL;
}

static void give(writing *writing, uint8_t entity, const char *name, const char *value) {
  const char *before = writing->given[entity];
  writing->given[entity] = tr_arena_print(writing->arena, "%s%s%s %s", before ? before : "",
                                          before ? ", " : "", name, value);
}

static const tr_field *field_of(const writing *writing, const tr_variable *variable) {
  return writing->proof->check->symbols->fields[variable->entity].items[variable->index].field;
}

/* ---- Values ---------------------------------------------------------------------------------- */

static bool is_same_field(const tr_variable *field, const tr_expr *expr) {
  return expr->kind == EXPR_NAME && expr->ref_kind == REF_FIELD && expr->entity == field->entity &&
         expr->index == field->index;
}

/* A text of which everything holds that the proof has chosen to hold. */
static const char *some_text(const writing *writing, const tr_variable *field) {
  const tr_proof *proof = writing->proof;
  const char *start = "", *inside = "", *end = "";
  for (uint32_t i = 0; i < proof->variables.count; i++) {
    const tr_variable *asked = &proof->variables.items[i];
    const tr_cell_value *cell = chosen(proof, asked);
    if (!cell || cell->low != 1 || asked->kind != VARIABLE_OTHER || !asked->expr->right) continue;
    if (!is_same_field(field, asked->expr->left)) continue;
    if (asked->expr->kind == EXPR_STARTS_WITH) start = asked->expr->right->text;
    if (asked->expr->kind == EXPR_CONTAINS) inside = asked->expr->right->text;
    if (asked->expr->kind == EXPR_ENDS_WITH) end = asked->expr->right->text;
  }
  const char *text = tr_arena_print(writing->arena, "%s%s%s", start, inside, end);
  return *text ? text : "other";
}

static const char *value_text(const writing *writing, const tr_variable *field, int64_t value) {
  if (!tr_type_is_text(field->type)) return tr_show_constant(writing->arena, field->type, value);
  const char *text =
      value < 0 ? some_text(writing, field) : writing->proof->texts.items[value].text;
  return tr_arena_print(writing->arena, "\"%s\"", text);
}

/* A set is given whole, by those of its values that the proof wants in it. */
static void give_set(writing *writing, const tr_variable *first) {
  const tr_proof *proof = writing->proof;
  const char *values = NULL;
  for (uint32_t i = 0; i < proof->variables.count; i++) {
    const tr_variable *variable = &proof->variables.items[i];
    const tr_cell_value *cell = chosen(proof, variable);
    if (!cell || variable->kind != VARIABLE_ELEMENT || variable->entity != first->entity ||
        variable->index != first->index)
      continue;
    if (variable < first) return;
    if (cell->unknown || cell->low == 0) continue;
    const char *name = variable->type->values.items[variable->element].text;
    values = values ? tr_arena_print(writing->arena, "%s, %s", values, name) : name;
  }
  if (values)
    give(writing, first->entity, field_of(writing, first)->name.text,
         tr_arena_print(writing->arena, "(%s)", values));
}

/* ---- The givens ------------------------------------------------------------------------------ */

/* What is said of a text is seen to when the text is made up. */
static bool is_about_text(const tr_variable *variable) {
  return variable->kind == VARIABLE_OTHER && variable->truth && variable->expr->left &&
         variable->expr->left->kind == EXPR_NAME && variable->expr->left->ref_kind == REF_FIELD &&
         tr_type_is_text(variable->expr->left->type);
}

static void give_variable(writing *writing, const tr_variable *variable) {
  const tr_cell_value *cell = chosen(writing->proof, variable);
  if (!cell) return;
  switch (variable->kind) {
    case VARIABLE_STAGE: return;
    case VARIABLE_FIELD:
      if (cell->unknown) return;
      give(writing, variable->entity, field_of(writing, variable)->name.text,
           variable->truth ? (cell->low ? "true" : "false")
                           : value_text(writing, variable, cell->low));
      return;
    case VARIABLE_ELEMENT: give_set(writing, variable); return;
    case VARIABLE_COUNT: writing->failed |= cell->low != 0; return;
    case VARIABLE_OTHER: writing->failed |= !is_about_text(variable); return;
  }
}

static const char *test_text(writing *writing, const tr_witness *witness) {
  const tr_proof *proof = writing->proof;
  const tr_stage_list *stages = &proof->check->tree->stages.items[0]->list;
  for (uint32_t i = 0; i < proof->variables.count; i++)
    give_variable(writing, &proof->variables.items[i]);
  if (writing->failed || writing->given[ENTITY_PERSON] || writing->given[ENTITY_MEMBER])
    return NULL;
  give(writing, ENTITY_LEAD, "stage", stages->items[witness->stage].name.text);
  const char *account = writing->given[ENTITY_ACCOUNT];
  return tr_arena_print(
      writing->arena, "test \"%s\" {\n  clock %s 10:00\n%s%s%s  lead L1 of acme { %s }\n%s}",
      witness->name, tr_show_constant(writing->arena, &tr_type_date, witness->day),
      account ? "  account acme { " : "", account ? account : "", account ? " }\n" : "",
      writing->given[ENTITY_LEAD], witness->expects);
}

/* ---- The engine ------------------------------------------------------------------------------ */

/* Reads and checks the test among the declarations of the treaty, without a word to its findings;
 * NULL: it does not check. */
static const tr_test *read_test(const tr_check *check, const char *text) {
  tr_diags *unseen = TR_NEW(check->arena, tr_diags);
  tr_arena_init(&unseen->arena, check->arena->memory);
  unseen->sources.arena = &unseen->arena;
  tr_tree tree = *check->tree;
  memset(&tree.tests, 0, sizeof tree.tests);
  memset(&tree.setups, 0, sizeof tree.setups);
  uint32_t file = tr_sources_add(&unseen->sources, "witness", text, (uint32_t)strlen(text));
  tr_parse_file(check->arena, unseen, &tree, file);
  tr_check again = *check;
  again.tree = &tree;
  again.diags = unseen;
  if (unseen->error_count == 0) tr_check_tests(&again);
  return unseen->error_count == 0 && tree.tests.count == 1 ? tree.tests.items[0] : NULL;
}

const char *tr_witness_show(tr_proof *proof, treaty_program *program, const tr_witness *witness) {
  writing writing = {.proof = proof, .arena = proof->check->arena};
  const char *text = test_text(&writing, witness);
  const tr_test *test = text ? read_test(proof->check, text) : NULL;
  return test && tr_scenario_shows(program, test, witness->codes) ? text : NULL;
}
