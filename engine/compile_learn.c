/* compile_learn.c - what events teach: each action with the slot that it settles, and what it reads
 * to do so. */
#include <string.h>

#include "engine/compile.h"

/* Which field `person.title` is; the checker has found it. */
static const tr_entity_field *target_field(const tr_compile *c, const tr_action *action,
                                           tr_entity *entity) {
  const char *dot = strchr(action->target.text, '.');
  *entity = ENTITY_ACCOUNT;
  while (strncmp(tr_entity_names[*entity], action->target.text,
                 (size_t)(dot - action->target.text)) != 0)
    (*entity)++;
  return tr_field_find(c->symbols, *entity, dot + 1);
}

/* A step starts from what is there, and `set first` beside other ways to teach a field asks whether
 * anything is. All other actions leave the newest, or the earliest, however late they come. */
static bool reads_field(const tr_entity_field *field, tr_action_kind kind) {
  if (kind == ACTION_SET_FIRST) return field->taught != 1u << ACTION_SET_FIRST;
  return kind == ACTION_LOWER || kind == ACTION_RAISE;
}

static tr_learn_action compile_action(tr_compile *c, const tr_action *action,
                                      const tr_event_decl *event, tr_bits reads) {
  tr_entity entity;
  const tr_entity_field *field = target_field(c, action, &entity);
  const tr_slot_field *slots = &c->program->entities[entity].fields[field->index];
  bool is_set = field->type->kind == TYPE_SET;
  tr_learn_action done = {.kind = is_set ? TARGET_SET_ALL : TARGET_SET,
                          .entity = entity,
                          .field = field->index,
                          .slot = slots->slot,
                          .slot_count = is_set ? slots->type->values.count : 1,
                          .for_ms = action->for_ms};
  if (reads_field(field, action->kind)) tr_bits_set(reads, slots->input);
  switch (action->kind) {
    case ACTION_SET_FIRST:
      done.rule = reads_field(field, action->kind) ? RULE_ONCE : RULE_EARLIEST;
      done.value = tr_compile_code(c, action->value, event, reads);
      break;
    case ACTION_SET: done.value = tr_compile_code(c, action->value, event, reads); break;
    case ACTION_ADD:
    case ACTION_REMOVE:
      done.kind = action->kind == ACTION_ADD ? TARGET_ADD : TARGET_REMOVE;
      done.slot += (uint32_t)action->value->number;
      break;
    case ACTION_LOWER:
    case ACTION_RAISE:
      done.kind = TARGET_STEP;
      done.steps = action->kind == ACTION_RAISE ? (int32_t)action->steps : -(int32_t)action->steps;
      break;
    case ACTION_FORGET: done.kind = TARGET_FORGET; break;
  }
  return done;
}

/* A definition that is fixed at an event is taught by it, last of all. */
static tr_learn_rule compile_fixing(tr_compile *c, const tr_define *define, const tr_symbol *at,
                                    tr_bits reads) {
  const tr_slot_field *field = &c->program->entities[define->entity].fields[define->fixed_field];
  bool is_set = field->type->kind == TYPE_SET;
  tr_learn_action *action = TR_NEW(c->arena, tr_learn_action);
  *action = (tr_learn_action){.kind = is_set ? TARGET_SET_ALL : TARGET_SET,
                              .entity = define->entity,
                              .field = define->fixed_field,
                              .slot = field->slot,
                              .slot_count = is_set ? field->type->values.count : 1,
                              .value = tr_compile_code(c, define->value, NULL, reads)};
  return (tr_learn_rule){.signal = at->kind == SYMBOL_SIGNAL ? at->index : TR_NONE,
                         .actions = action,
                         .action_count = 1};
}

void tr_compile_fixings(tr_compile *compile, const tr_event_decl *event, tr_event_def *def) {
  TR_LIST(tr_learn_rule) rules = {0};
  for (uint32_t i = 0; i < compile->symbols->defines.count; i++) {
    const tr_define *define = compile->symbols->defines.items[i];
    if (!define->fixed_at.text) continue;
    const tr_symbol *at = tr_symbol_find(compile->symbols, define->fixed_at);
    bool meant = at->kind == SYMBOL_SIGNAL ? tr_compile_reaches(compile, at->decl, event)
                                           : at->decl == event;
    if (meant) TR_PUSH(compile->arena, &rules, compile_fixing(compile, define, at, def->reads));
  }
  def->fixings = rules.items;
  def->fixing_count = rules.count;
}

/* The latest is put before the others, so that the first stands first. */
void tr_compile_learn_order(tr_compile *compile) {
  const tr_tree *tree = compile->symbols->tree;
  compile->first_learn = TR_NEW_ARRAY(compile->arena, uint32_t, tree->events.count + 1);
  compile->next_learn = TR_NEW_ARRAY(compile->arena, uint32_t, tree->learns.count + 1);
  for (uint32_t i = 0; i < tree->events.count; i++) compile->first_learn[i] = TR_NONE;
  for (uint32_t i = tree->learns.count; i-- > 0;) {
    const tr_symbol *on = tr_symbol_find(compile->symbols, tree->learns.items[i]->pattern.event);
    const tr_event_decl *event = tr_check_trigger_event(compile->check, on);
    uint32_t index = event ? tr_symbol_find(compile->symbols, event->name)->index : TR_NONE;
    if (index >= tree->events.count || tree->events.items[index] != event) continue;
    compile->next_learn[i] = compile->first_learn[index];
    compile->first_learn[index] = i;
  }
}

void tr_compile_learns(tr_compile *compile, const tr_event_decl *event, tr_event_def *def) {
  TR_LIST(tr_learn_rule) rules = {0};
  uint32_t i = compile->first_learn[def->type.index];
  for (; i != TR_NONE; i = compile->next_learn[i]) {
    const tr_learn *learn = compile->symbols->tree->learns.items[i];
    const tr_symbol *symbol = tr_symbol_find(compile->symbols, learn->pattern.event);
    tr_learn_action *actions =
        TR_NEW_ARRAY(compile->arena, tr_learn_action, learn->actions.count + 1);
    for (uint32_t k = 0; k < learn->actions.count; k++) {
      actions[k] = compile_action(compile, &learn->actions.items[k], event, def->reads);
    }
    tr_learn_rule rule = {
        .reach = learn->reach,
        .signal = symbol->kind == SYMBOL_SIGNAL ? symbol->index : TR_NONE,
        .where = tr_compile_code(compile, learn->pattern.where, event, def->reads),
        .actions = actions,
        .action_count = learn->actions.count};
    TR_PUSH(compile->arena, &rules, rule);
  }
  def->learns = rules.items;
  def->learn_count = rules.count;
}
