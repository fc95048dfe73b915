/* compile.c - the tables of a program; see compile.h. Order matters in one place: fields and
 * signals have their numbers before the first code is made, everything that code may ask for is
 * compiled when it is first asked. */
#include "engine/compile.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/limits.h"

/* ---- Small things ---------------------------------------------------------------------------- */

tr_bits tr_bits_new(tr_arena *arena, uint32_t words) {
  return (tr_bits){.words = TR_NEW_ARRAY(arena, uint64_t, words)};
}

void tr_bits_add(tr_bits to, tr_bits from, uint32_t words) {
  for (uint32_t i = 0; from.words && i < words; i++) to.words[i] |= from.words[i];
}

uint32_t tr_compile_line(const tr_compile *compile, tr_span span) {
  return tr_source_position(&compile->program->sources->files.items[span.file], span.from).line;
}

uint32_t tr_compile_input(tr_compile *compile, tr_entity owner) {
  TR_PUSH(compile->arena, &compile->input_owners, owner);
  return compile->input_count++;
}

static bool same_event_name(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const char *name = ((const treaty_program *)owner)->events[index].type.name;
  return strlen(name) == length && memcmp(name, bytes, length) == 0;
}

/* ---- Parties, fields ------------------------------------------------------------------------- */

static void compile_parties(tr_compile *c) {
  uint32_t count = c->symbols->tree->parties.count;
  const char **names = TR_NEW_ARRAY(c->arena, const char *, count + 1);
  for (uint32_t i = 0; i < count; i++) names[i] = c->symbols->tree->parties.items[i]->name.text;
  c->program->parties = names;
  c->program->party_count = count;
}

static void compile_fields(tr_compile *c, tr_entity entity) {
  uint32_t count = c->symbols->fields[entity].count;
  tr_slot_field *fields = TR_NEW_ARRAY(c->arena, tr_slot_field, count + 1);
  uint32_t slots = 0;
  for (uint32_t i = 0; i < count; i++) {
    const tr_entity_field *field = &c->symbols->fields[entity].items[i];
    fields[i] = (tr_slot_field){
        .name = tr_arena_print(c->arena, "%s.%s", tr_entity_names[entity], field->field->name.text),
        .bare = field->field->name.text,
        .type = field->type,
        .slot = slots,
        .until_slot = TR_NONE,
        .input = tr_compile_input(c, entity)};
    uint32_t places = field->type->kind == TYPE_SET ? field->type->values.count : 1;
    slots += places;
    if (!field->fades) continue;
    fields[i].until_slot = slots;
    slots += places;
  }
  c->program->entities[entity] =
      (tr_entity_def){.fields = fields, .field_count = count, .slot_count = slots};
  assert(slots <= TR_SLOTS_MAX);
}

/* Texts of start values need the pool, numbers the zone: after both are there. */
static void compile_starts(tr_compile *c, tr_entity entity) {
  tr_slot_field *fields = (tr_slot_field *)c->program->entities[entity].fields;
  for (uint32_t i = 0; i < c->symbols->fields[entity].count; i++) {
    const tr_entity_field *field = &c->symbols->fields[entity].items[i];
    if (!field->field->starting) continue;
    fields[i].has_start =
        tr_compile_constant(c, field->field->starting, field->type, &fields[i].start);
  }
}

/* ---- Triggers and windows -------------------------------------------------------------------- */

uint32_t tr_compile_trigger(const tr_compile *compile, tr_name name) {
  const tr_symbol *symbol = tr_symbol_find(compile->symbols, name);
  assert(symbol && (symbol->kind == SYMBOL_SIGNAL || symbol->kind == SYMBOL_EVENT));
  return symbol->kind == SYMBOL_SIGNAL ? symbol->index
                                       : compile->program->signal_count + symbol->index;
}

uint32_t tr_compile_window(tr_compile *compile, uint32_t trigger, const char *name,
                           tr_entity entity, int64_t ms) {
  for (uint32_t i = 0; i < compile->windows.count; i++) {
    tr_window *window = &compile->windows.items[i];
    if (window->signal != trigger || window->entity != entity || (window->keep_ms < 0) != (ms < 0))
      continue;
    if (ms > window->keep_ms) window->keep_ms = ms;
    return i;
  }
  tr_window window = {.signal_name = name,
                      .signal = trigger,
                      .entity = entity,
                      .keep_ms = ms,
                      .cell = compile->cell_counts[entity]++,
                      .input = tr_compile_input(compile, entity)};
  TR_PUSH(compile->arena, &compile->windows, window);
  assert(window.input < compile->program->input_words * 64);
  return compile->windows.count - 1;
}

/* ---- Definitions, criteria -------------------------------------------------------------- */

const tr_define_def *tr_compile_define(tr_compile *compile, uint32_t index) {
  tr_define_def *def = &compile->defines[index];
  if (compile->define_done[index]) return def;
  compile->define_done[index] = true;
  const tr_define *define = compile->symbols->defines.items[index];
  def->name = define->name.text;
  def->entity = define->entity;
  def->type = define->type ? tr_check_type(compile->check, define->type) : define->value->type;
  def->inputs = tr_bits_new(compile->arena, compile->program->input_words);
  if (!define->fixed_at.text) {
    def->code = tr_compile_code(compile, define->value, NULL, def->inputs);
    return def;
  }
  tr_expr kept = {.kind = EXPR_NAME,
                  .type = def->type,
                  .ref_kind = REF_FIELD,
                  .entity = (uint8_t)define->entity,
                  .index = define->fixed_field};
  def->code = tr_compile_code(compile, &kept, NULL, def->inputs);
  return def;
}

/* Versions of a criterion have one place: how the lead stood by the old one is what changes. */
static uint32_t stand_of(tr_compile *c, const char *name) {
  uint32_t i = 0;
  while (i < c->stands.count && strcmp(c->stands.items[i], name) != 0) i++;
  if (i == c->stands.count) TR_PUSH(c->arena, &c->stands, name);
  return i;
}

const tr_criterion_def *tr_compile_criterion(tr_compile *compile, uint32_t index) {
  tr_criterion_def *def = &compile->criteria[index];
  if (compile->criterion_done[index]) return def;
  compile->criterion_done[index] = true;
  const tr_criterion *criterion = compile->symbols->criteria.items[index];
  def->name = criterion->name.text;
  def->part = tr_part_of(compile->symbols, criterion->span);
  def->stand = stand_of(compile, criterion->name.text);
  def->question = criterion->question;
  def->file = tr_compile_file(compile, criterion->span);
  def->line = tr_compile_line(compile, criterion->span);
  def->inputs = tr_bits_new(compile->arena, compile->program->input_words);
  def->met = tr_compile_code(compile, criterion->met, NULL, def->inputs);
  def->has_unmet = criterion->unmet != NULL;
  def->unmet = tr_compile_code(compile, criterion->unmet, NULL, def->inputs);
  def->met_reason = tr_compile_reason(compile, criterion->met);
  TR_PUSH(compile->arena, &compile->criterion_order, index);
  return def;
}

/* ---- Events ---------------------------------------------------------------------------------- */

static treaty_kind public_kind(tr_type_kind kind) {
  switch (kind) {
    case TYPE_NUMBER: return TREATY_NUMBER;
    case TYPE_WHOLE: return TREATY_WHOLE;
    case TYPE_TRUTH: return TREATY_FLAG;
    case TYPE_DATE: return TREATY_DATE;
    case TYPE_TIME: return TREATY_TIME;
    case TYPE_DURATION: return TREATY_DURATION;
    case TYPE_MONEY: return TREATY_MONEY;
    case TYPE_REP: return TREATY_REP;
    case TYPE_ONE_OF:
    case TYPE_STAGE:
    case TYPE_PARTY: return TREATY_ONE_OF;
    case TYPE_SCALE: return TREATY_SCALE;
    case TYPE_SET: return TREATY_SET;
    case TYPE_TEXTS: return TREATY_TEXTS;
    default: return TREATY_TEXT;
  }
}

static void compile_event_fields(tr_compile *c, const tr_event_decl *event, tr_event_def *def) {
  uint32_t count = event->fields.count;
  treaty_field *fields = TR_NEW_ARRAY(c->arena, treaty_field, count + 1);
  const tr_type **types = TR_NEW_ARRAY(c->arena, const tr_type *, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    const tr_field *field = &event->fields.items[i];
    const tr_type *type = types[i] = tr_check_type(c->check, field->type);
    const char **values = TR_NEW_ARRAY(c->arena, const char *, type->values.count + 1);
    for (uint32_t k = 0; k < type->values.count; k++) values[k] = type->values.items[k].text;
    fields[i] = (treaty_field){.name = field->name.text,
                               .key = field->key,
                               .kind = public_kind(type->kind),
                               .values = values,
                               .value_count = type->values.count,
                               .currency = type->currency,
                               .currency_digits = type->currency_digits};
  }
  def->type.fields = fields;
  def->type.field_count = count;
  def->field_types = types;
}

/* Whether an expression reads only fields that the event has. */
static bool fits(const tr_expr *expr, const tr_event_decl *event) {
  if (expr->kind == EXPR_NAME && strncmp(expr->name.text, "event.", 6) == 0) {
    for (uint32_t i = 0; i < event->fields.count; i++) {
      if (strcmp(event->fields.items[i].name.text, expr->name.text + 6) == 0) return true;
    }
    return strcmp(expr->name.text, "event.time") == 0;
  }
  if (expr->left && !fits(expr->left, event)) return false;
  if (expr->right && !fits(expr->right, event)) return false;
  for (uint32_t i = 0; i < expr->list.count; i++) {
    if (!fits(expr->list.items[i], event)) return false;
  }
  return true;
}

static void compile_binds(tr_compile *c, const tr_event_decl *event, tr_event_def *def) {
  for (int entity = 0; entity < TR_ENTITIES; entity++) def->bind[entity].except = TR_NONE;
  for (uint32_t i = 0; i < c->symbols->tree->binds.count; i++) {
    tr_bind *bind = c->symbols->tree->binds.items[i];
    if (!fits(bind->value, event)) continue;
    tr_scope scope = {.entity = ENTITY_NONE, .event = event};
    tr_check_expr(c->check, &scope, bind->value,
                  &tr_type_text_); /* field numbers are this event's */
    def->bind[bind->entity].value = tr_compile_code(c, bind->value, event, (tr_bits){0});
    if (bind->except.text)
      def->bind[bind->entity].except = tr_symbol_find(c->symbols, bind->except)->index;
  }
}

static void compile_openers(tr_compile *c, const tr_event_decl *event, tr_event_def *def) {
  if (def->cause != CAUSE_BUYER) return;
  TR_LIST(tr_opener) openers = {0};
  for (uint32_t part = 0; part < c->symbols->part_count; part++) {
    const tr_names *names = c->symbols->parts[part].opened_by;
    tr_opener opener = {.trigger = c->program->activity, .reach = c->symbols->parts[part].reach};
    if (names && names->count == 0) TR_PUSH(c->arena, &openers, opener);
    for (uint32_t i = 0; names && i < names->count; i++) {
      const tr_symbol *symbol = tr_symbol_find(c->symbols, names->items[i]);
      bool is_signal = symbol->kind == SYMBOL_SIGNAL;
      if (is_signal ? !tr_compile_reaches(c, symbol->decl, event) : symbol->decl != event) continue;
      opener.trigger = tr_compile_trigger(c, names->items[i]);
      TR_PUSH(c->arena, &openers, opener);
    }
  }
  def->openers = openers.items;
  def->opener_count = openers.count;
}

static void compile_events(tr_compile *c) {
  const tr_tree *tree = c->symbols->tree;
  tr_event_def *events = TR_NEW_ARRAY(c->arena, tr_event_def, tree->events.count + 1);
  c->program->events = events;
  c->program->event_count = tree->events.count;
  tr_map_init(&c->program->event_names, &c->program->memory, (tr_hash_key){3, 4}, same_event_name,
              c->program);
  tr_compile_learn_order(c);
  for (uint32_t i = 0; i < tree->events.count; i++) {
    const tr_event_decl *event = tree->events.items[i];
    tr_event_def *def = &events[i];
    def->type.name = event->type;
    def->type.cause = event->by.text;
    def->type.index = i;
    def->name = event->name.text;
    def->cause = strcmp(event->by.text, "buyer") == 0    ? CAUSE_BUYER
                 : strcmp(event->by.text, "others") == 0 ? CAUSE_OTHERS
                                                         : CAUSE_PARTY;
    def->contact = def->type.contact = event->contact;
    def->party =
        def->cause == CAUSE_PARTY ? tr_type_value(c->symbols->party_type, event->by.text) : TR_NONE;
    def->contacts = TR_NONE;
    def->reads = tr_bits_new(c->arena, c->program->input_words);
    compile_event_fields(c, event, def);
    def->control = tr_compile_control(c, event);
    tr_compile_firings(c, event, def);
    tr_compile_learns(c, event, def);
    tr_compile_fixings(c, event, def);
    compile_binds(c, event, def);
    compile_openers(c, event, def);
    tr_map_add(&c->program->event_names, event->type, strlen(event->type), i);
  }
}

/* A payload field is used when some code for the event reads it, or a hand-over reports it. */
static void mark_code(tr_event_def *event, tr_code code) {
  for (uint32_t i = 0; i < code.count; i++) {
    if (code.items[i].op == TR_OP_EVENT)
      ((treaty_field *)event->type.fields)[code.items[i].b].used = true;
  }
}

uint32_t tr_compile_event_behind(const tr_compile *compile, tr_name trigger) {
  const tr_tree *tree = compile->symbols->tree;
  const tr_event_decl *event =
      tr_check_trigger_event(compile->check, tr_symbol_find(compile->symbols, trigger));
  for (uint32_t e = 0; event && e < tree->events.count; e++)
    if (tree->events.items[e] == event) return e;
  return TR_NONE;
}

static tr_event_def *event_behind(tr_compile *c, tr_name trigger) {
  uint32_t event = tr_compile_event_behind(c, trigger);
  return event == TR_NONE ? NULL : (tr_event_def *)&c->program->events[event];
}

static void mark_field(tr_event_def *event, uint32_t field) {
  if (event && field != TR_NONE) ((treaty_field *)event->type.fields)[field].used = true;
}

static void mark_clause(tr_compile *c, const tr_clause *clause, const tr_clause_def *def) {
  if (clause->kind == CLAUSE_HAND && clause->rejected_by.text) {
    mark_field(event_behind(c, clause->rejected_by), def->rejected_reason_field);
  }
  if (def->quota) mark_field(event_behind(c, clause->quota->counted), def->quota->field);
  bool waits = clause->kind == CLAUSE_MOVE || clause->kind == CLAUSE_TELL;
  if (!waits || clause->trigger != TRIGGER_ON) return;
  tr_event_def *event = event_behind(c, clause->on.event);
  if (event) mark_code(event, def->on_where);
  mark_field(event, def->reason_field);
}

static void mark_used(tr_compile *c) {
  for (uint32_t i = 0; i < c->program->event_count; i++) {
    tr_event_def *event = (tr_event_def *)&c->program->events[i];
    for (uint32_t k = 0; k < event->firing_count; k++) mark_code(event, event->firings[k].where);
    for (uint32_t k = 0; k < event->learn_count; k++) {
      mark_code(event, event->learns[k].where);
      for (uint32_t n = 0; n < event->learns[k].action_count; n++)
        mark_code(event, event->learns[k].actions[n].value);
    }
    for (int entity = 0; entity < TR_ENTITIES; entity++)
      mark_code(event, event->bind[entity].value);
    for (uint32_t k = 0; k < event->type.field_count; k++) {
      if (event->control != CONTROL_NONE || strcmp(event->type.fields[k].name, "reason") == 0)
        ((treaty_field *)event->type.fields)[k].used = true;
    }
  }
  for (uint32_t i = 0; i < c->measures.count; i++) {
    const tr_measure *measure = &c->measures.items[i];
    if (measure->field_name && measure->event != TR_NONE)
      mark_field((tr_event_def *)&c->program->events[measure->event], measure->field);
  }
  /* Points and clauses read the event behind their trigger; numbers of fields are that event's. */
  const tr_tree *tree = c->symbols->tree;
  for (uint32_t i = 0; i < tree->scores.count; i++) {
    const tr_score *score = tree->scores.items[i];
    for (uint32_t k = 0; k < score->points.count; k++) {
      if (score->points.items[k].kind != POINTS_ON) continue;
      tr_event_def *event = event_behind(c, score->points.items[k].on);
      if (event) mark_code(event, c->scores[i].rules[k].add);
    }
  }
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    for (uint32_t k = 0; k < tree->agreements.items[i]->clauses.count; k++) {
      mark_clause(c, tree->agreements.items[i]->clauses.items[k],
                  &c->program->agreements[i].clauses[k]);
    }
  }
}

/* ---- The whole ------------------------------------------------------------------------------- */

static const char *const *words_of(tr_compile *c, const tr_names *names) {
  const char **words = TR_NEW_ARRAY(c->arena, const char *, names->count + 1);
  for (uint32_t i = 0; i < names->count; i++) words[i] = names->items[i].text;
  return words;
}

static void compile_stages(tr_compile *c) {
  const tr_tree *tree = c->symbols->tree;
  uint32_t count = tree->stages.count ? tree->stages.items[0]->list.count : 0;
  tr_stage_def *stages = TR_NEW_ARRAY(c->arena, tr_stage_def, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    const tr_stage *stage = &tree->stages.items[0]->list.items[i];
    stages[i] = (tr_stage_def){.name = stage->name.text,
                               .won = stage->won,
                               .lost = stage->lost,
                               .owner = tr_type_value(c->symbols->party_type, stage->owner.text),
                               .reasons = words_of(c, &stage->reasons),
                               .reason_count = stage->reasons.count};
  }
  c->program->stages = stages;
  c->program->stage_count = count;
}

void tr_compile_reasons(tr_compile *c, const tr_type *type) {
  const char **names = TR_NEW_ARRAY(c->arena, const char *, type->values.count);
  if (c->program->keeps_reasons) return;
  for (uint32_t i = 0; i < type->values.count; i++) names[i] = type->values.items[i].text;
  c->program->keeps_reasons = true;
  c->program->reasons = names;
  c->program->reason_count = type->values.count;
}

/* What is counted may need two windows for each kind of entity, contacts by a party two, and each
 * measure is one more: room for their inputs. Each event has a set of all inputs, so what is only
 * declared must not take room here. */
static uint32_t count_windows(const tr_compile *c) {
  const tr_tree *tree = c->symbols->tree;
  return 2 * TR_ENTITIES * c->check->counted_count + tree->measure_count + 2 * tree->parties.count;
}

static void compile_asked(tr_compile *c) {
  const tr_tree *tree = c->symbols->tree;
  for (uint32_t i = 0; i < tree->scores.count; i++) tr_compile_score(c, i);
  for (uint32_t i = 0; i < c->symbols->defines.count; i++) tr_compile_define(c, i);
  for (uint32_t i = 0; i < c->symbols->criteria.count; i++) tr_compile_criterion(c, i);
}

/* What some condition of a lead reads; the rest wakes no lead. */
static tr_bits read_inputs(const tr_compile *c) {
  treaty_program *program = c->program;
  tr_bits read = tr_bits_new(c->arena, program->input_words);
  tr_bits_add(read, program->applies_inputs, program->input_words);
  for (uint32_t i = 0; i < program->criterion_count; i++)
    tr_bits_add(read, program->criteria[i].inputs, program->input_words);
  for (uint32_t i = 0; i < program->agreement_count; i++) {
    const tr_agreement_def *agreement = &program->agreements[i];
    for (uint32_t k = 0; k < agreement->clause_count; k++)
      tr_bits_add(read, agreement->clauses[k].inputs, program->input_words);
  }
  return read;
}

/* Besides what conditions over leads read, which is shared already. */
static void share_inputs(tr_compile *c) {
  tr_bits read = read_inputs(c);
  for (uint32_t i = 0; i < c->input_count; i++) {
    if (!tr_bits_has(read, i)) continue;
    if (c->input_owners.items[i] == ENTITY_PERSON) tr_bits_set(c->program->person_inputs, i);
    if (c->input_owners.items[i] == ENTITY_ACCOUNT) tr_bits_set(c->program->shared_inputs, i);
  }
}

/* Which criterion each treaty means by a name. */
static void compile_parts(tr_compile *c) {
  const tr_symbols *symbols = c->symbols;
  tr_part_def *parts = TR_NEW_ARRAY(c->arena, tr_part_def, symbols->part_count);
  for (uint32_t part = 0; part < symbols->part_count; part++) {
    parts[part].reach = symbols->parts[part].reach;
    if (symbols->part_count == 1) break;
    uint32_t *criteria = TR_NEW_ARRAY(c->arena, uint32_t, c->stands.count + 1);
    for (uint32_t i = 0; i < c->stands.count; i++) {
      const tr_symbol *symbol = tr_symbol_in(symbols, part, c->stands.items[i]);
      criteria[i] = symbol && symbol->kind == SYMBOL_CRITERION ? symbol->index : TR_NONE;
    }
    parts[part].criteria = criteria;
  }
  c->program->parts = parts;
  c->program->part_count = symbols->part_count;
}

treaty_program *tr_compile_tree(tr_check *check, treaty_program *program) {
  tr_compile compile = {
      .arena = &program->arena, .check = check, .symbols = check->symbols, .program = program};
  tr_compile *c = &compile;
  const tr_tree *tree = check->tree;
  program->late_ms = tree->has_late ? tree->late_ms : TR_LATE_DEFAULT_MS;
  program->refuses_without_account = tree->without_account.count == 0 ||
                                     strcmp(tree->without_account.items[0].text, "refused") == 0;
  tr_compile_files(c);
  compile_parties(c);
  tr_compile_signals(c);
  compile_stages(c);
  for (int entity = 0; entity < TR_ENTITIES; entity++) compile_fields(c, (tr_entity)entity);
  program->stage_input = tr_compile_input(c, ENTITY_NONE);
  program->member_input = tr_compile_input(c, ENTITY_NONE);
  program->phase_input = tr_compile_input(c, ENTITY_LEAD);
  tr_compile_kept(c);
  program->input_words = (c->input_count + tree->scores.count + count_windows(c) + 63) / 64;
  program->person_inputs = tr_bits_new(c->arena, program->input_words);
  program->shared_inputs = tr_bits_new(c->arena, program->input_words);
  c->scores = TR_NEW_ARRAY(c->arena, tr_score_def, tree->scores.count + 1);
  c->defines = TR_NEW_ARRAY(c->arena, tr_define_def, check->symbols->defines.count + 1);
  c->criteria = TR_NEW_ARRAY(c->arena, tr_criterion_def, check->symbols->criteria.count + 1);
  c->score_done = TR_NEW_ARRAY(c->arena, uint8_t, tree->scores.count + 1);
  c->define_done = TR_NEW_ARRAY(c->arena, uint8_t, check->symbols->defines.count + 1);
  c->criterion_done = TR_NEW_ARRAY(c->arena, uint8_t, check->symbols->criteria.count + 1);
  for (int entity = 0; entity < TR_ENTITIES; entity++) compile_starts(c, (tr_entity)entity);
  tr_compile_lists(c);
  tr_compile_catalogues(c);
  compile_events(c);
  tr_compile_event_sources(c);
  compile_asked(c);
  tr_compile_phases(c);
  tr_compile_watches(c);
  tr_compile_limits(c);
  tr_compile_order(c);
  tr_compile_agreements(c);
  tr_compile_entries(c);
  mark_used(c);
  tr_compile_members(c);
  program->scores = c->scores;
  program->score_count = tree->scores.count;
  program->defines = c->defines;
  program->define_count = check->symbols->defines.count;
  program->criteria = c->criteria;
  program->criterion_count = check->symbols->criteria.count;
  program->criterion_order = c->criterion_order.items;
  program->stand_count = c->stands.count;
  compile_parts(c);
  program->windows = c->windows.items;
  program->window_count = c->windows.count;
  program->matches = c->matches.items;
  program->measures = c->measures.items;
  program->measure_count = c->measures.count;
  program->constants = c->constants.items;
  program->constant_count = c->constants.count;
  program->codes = c->codes.items;
  program->code_count = c->codes.count;
  program->words = c->words.items;
  program->words_count = c->words.count;
  program->value_lists = c->value_lists.items;
  program->value_list_count = c->value_lists.count;
  program->tables = c->tables.items;
  program->table_count = c->tables.count;
  program->input_count = c->input_count;
  for (int entity = 0; entity < TR_ENTITIES; entity++)
    program->entities[entity].cell_count = c->cell_counts[entity];
  share_inputs(c);
  tr_texts_seal(&program->texts);
  return program;
}
