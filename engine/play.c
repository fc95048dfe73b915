/* play.c - what to bring to whom: a play is suggested when it begins to hold for a member, with the
 * rows of catalogues that match as things stand then.
 *
 * How each play stood for a member is a bit of the member. It begins again only after it has not
 * held; the stage of the lead does not matter. */
#include "engine/explain.h"
#include "engine/step.h"

/* ---- Rows that match ------------------------------------------------------------------------- */

static bool set_has(tr_value set, int64_t value) {
  return value >= 0 && value < 64 && (uint64_t)set.low >> value & 1;
}

/* Keys that are texts are folded already. */
static bool same_text(treaty_engine *engine, int64_t cell, bool is_key, int64_t value) {
  return is_key ? tr_text_folded(engine, value) == (uint32_t)cell
                : tr_text_same(engine, cell, value);
}

static bool cell_matches(tr_eval *eval, const tr_match_column *match, int64_t cell, bool is_key,
                         tr_value value) {
  treaty_engine *engine = eval->engine;
  const tr_type *type = match->type, *value_type = match->value_type;
  if (value.known != KNOWN) return false;
  if (value_type->kind == TYPE_SET && type->kind != TYPE_SET) return set_has(value, cell);
  if (type->kind == TYPE_SET) return set_has(tr_known_value(cell), value.low);
  if (value_type->kind == TYPE_TEXTS)
    return tr_truth_of(tr_text_has(eval, value, tr_known_value(cell))) == TREATY_TRUE;
  if (type->kind == TYPE_TEXTS)
    return tr_truth_of(tr_text_has(eval, tr_known_value(cell), value)) == TREATY_TRUE;
  if (tr_type_is_text(type)) return same_text(engine, cell, is_key, value.low);
  return cell == value.low;
}

static bool row_matches(tr_eval *eval, const tr_play_rows *rows, const tr_value *values,
                        uint32_t row) {
  const tr_catalogue_def *catalogue = &eval->engine->program->catalogues[rows->catalogue];
  size_t first = (size_t)row * (catalogue->key_count + catalogue->value_count);
  for (uint32_t i = 0; i < rows->match_count; i++) {
    const tr_match_column *match = &rows->matches[i];
    size_t cell = first + match->column;
    if (!catalogue->known[cell] || !cell_matches(eval, match, catalogue->cells[cell],
                                                 match->column < catalogue->key_count, values[i]))
      return false;
  }
  return true;
}

/* ---- As people write them -------------------------------------------------------------------- */

static tr_value cell_value(const tr_type *type, int64_t cell) {
  tr_value value = tr_known_value(cell);
  if (type->kind == TYPE_SET)
    value.high = (int64_t)(tr_set_mask(type->values.count) & ~(uint64_t)cell);
  return value;
}

static const char *show_cell(treaty_engine *engine, const tr_type *type, int64_t cell) {
  if (!tr_type_is_text(type)) return tr_show(engine, &engine->step, type, cell_value(type, cell));
  treaty_text text = tr_text_bytes(engine, cell);
  return tr_arena_copy(&engine->step, text.bytes, text.length);
}

static treaty_reference show_row(treaty_engine *engine, const tr_catalogue_def *catalogue,
                                 uint32_t row) {
  uint32_t width = catalogue->key_count + catalogue->value_count;
  treaty_because *columns = TR_NEW_ARRAY(&engine->step, treaty_because, width + 1);
  treaty_reference shown = {.catalogue = catalogue->name, .columns = columns};
  for (uint32_t i = 0; i < width; i++) {
    size_t cell = (size_t)row * width + i;
    bool is_key = i < catalogue->key_count;
    if (!catalogue->known[cell]) continue;
    const tr_type *type =
        is_key ? catalogue->key_types[i] : catalogue->value_types[i - catalogue->key_count];
    int64_t value =
        is_key ? catalogue->names[(size_t)row * catalogue->key_count + i] : catalogue->cells[cell];
    columns[shown.column_count++] =
        (treaty_because){.name = catalogue->columns[i], .value = show_cell(engine, type, value)};
  }
  return shown;
}

typedef TR_LIST(treaty_reference) references;

static void add_rows(tr_eval *eval, const tr_play_rows *rows, tr_view view, references *shown) {
  treaty_engine *engine = eval->engine;
  const tr_catalogue_def *catalogue = &engine->program->catalogues[rows->catalogue];
  tr_value *values = TR_NEW_ARRAY(&engine->step, tr_value, rows->match_count + 1);
  uint32_t found = 0;
  for (uint32_t i = 0; i < rows->match_count; i++)
    values[i] = tr_evaluate(eval, &rows->matches[i].value, view);
  for (uint32_t row = 0; row < catalogue->row_count && found < rows->most; row++) {
    if (!row_matches(eval, rows, values, row)) continue;
    treaty_reference reference = show_row(engine, catalogue, row);
    TR_PUSH(&engine->step, shown, reference);
    found++;
  }
}

static references offered(treaty_engine *engine, const tr_play_def *play, tr_view view) {
  references shown = {0};
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  for (uint32_t i = 0; i < play->rows_count; i++) add_rows(&eval, &play->rows[i], view, &shown);
  return shown;
}

/* ---- For whom it is -------------------------------------------------------------------------- */

static tr_view member_view(const tr_account *account, const tr_lead *lead,
                           const tr_member *member) {
  return (tr_view){.account = account, .lead = lead, .member = member, .person = member->person};
}

static bool holds(tr_eval *eval, const tr_play_def *play, tr_view view) {
  return tr_evaluate_truth(eval, &play->with, view) == TREATY_TRUE &&
         tr_evaluate_truth(eval, &play->holds_while, view) == TREATY_TRUE;
}

static void suggest(tr_step_context *context, const tr_clause_def *clause, tr_view view) {
  treaty_engine *engine = context->engine;
  tr_trace trace = {0};
  tr_eval eval = {
      .engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER, .trace = &trace};
  holds(&eval, clause->play, view);
  references shown = offered(engine, clause->play, view);
  treaty_decision *decision = tr_decide(context, TREATY_PLAY_SUGGESTED, view.lead, clause);
  decision->name = clause->play->name;
  decision->person = tr_id_text(view.person->id);
  decision->say = clause->play->say;
  decision->references = shown.items;
  decision->reference_count = shown.count;
  tr_decide_because(decision, &trace);
}

static void look(tr_step_context *context, tr_lead *lead, tr_member *member,
                 const tr_clause_def *clause, bool silent) {
  treaty_engine *engine = context->engine;
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  tr_view view = member_view(context->account, lead, member);
  uint64_t bit = UINT64_C(1) << clause->play->bit;
  bool held = member->plays & bit;
  member->plays &= ~bit;
  if (!member->is_there) return;
  bool is_for = holds(&eval, clause->play, view);
  tr_hold_until(lead, eval.until_ms);
  if (!is_for) return;
  member->plays |= bit;
  if (!held && !silent) suggest(context, clause, view);
}

static void look_at_each(tr_step_context *context, tr_lead *lead, bool all, bool silent) {
  const tr_agreement_def *agreement = &context->engine->program->agreements[lead->agreement];
  for (uint32_t i = 0; i < agreement->plays.count; i++) {
    const tr_clause_def *clause = &agreement->clauses[agreement->plays.clauses[i]];
    if (!all && !tr_touches(context->engine, clause->inputs)) continue;
    for (uint32_t k = 0; k < lead->member_count; k++)
      look(context, lead, &lead->members[k], clause, silent);
  }
}

void tr_plays_begin(tr_step_context *context, tr_lead *lead, bool silent) {
  for (uint32_t k = 0; k < lead->member_count; k++) lead->members[k].plays = 0;
  if (silent) look_at_each(context, lead, true, true);
}

void tr_plays_step(tr_step_context *context, tr_lead *lead, bool all) {
  look_at_each(context, lead, all, false);
}

/* ---- As it is now ---------------------------------------------------------------------------- */

typedef TR_LIST(treaty_play) plays;

static void show(treaty_engine *engine, const tr_clause_def *clause, tr_view view, plays *shown) {
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  if (!holds(&eval, clause->play, view)) return;
  references rows = offered(engine, clause->play, view);
  treaty_play play = {.name = clause->play->name,
                      .person = tr_id_text(view.person->id),
                      .say = clause->play->say,
                      .references = rows.items,
                      .reference_count = rows.count,
                      .file = clause->file,
                      .line = clause->line};
  TR_PUSH(&engine->step, shown, play);
}

const treaty_play *treaty_engine_plays(treaty_engine *engine, const treaty_lead *shown,
                                       size_t *count) {
  const tr_account *account;
  const tr_lead *lead = tr_lead_shown(engine, shown, &account);
  plays all = {0};
  *count = 0;
  if (!lead || lead->closed || lead->agreement == TR_NONE) return NULL;
  LOOK(engine, NULL)
  const tr_agreement_def *agreement = &engine->program->agreements[lead->agreement];
  for (uint32_t k = 0; k < lead->member_count; k++) {
    const tr_member *member = &lead->members[k];
    for (uint32_t i = 0; member->is_there && i < agreement->plays.count; i++)
      show(engine, &agreement->clauses[agreement->plays.clauses[i]],
           member_view(account, lead, member), &all);
  }
  engine->memory.on_failure = NULL;
  *count = all.count;
  return all.items;
}
