/* check_known.c - what is known: parties, fields, lists, events, what they teach, definitions,
 * criteria. */
#include <string.h>

#include "engine/check.h"
#include "engine/limits.h"
#include "grammar/near.h"

/* ---- Parties and fields ---------------------------------------------------------------------- */

static void check_contacts(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->contacts.count; i++) {
    tr_check_name(check, check->tree->contacts.items[i]->party, SYMBOL_PARTY, SYMBOL_PARTY,
                  "a party");
  }
  if (check->tree->parties.count > TR_PARTIES_MAX) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE,
              check->tree->parties.items[TR_PARTIES_MAX]->name.span,
              "a treaty has %d parties at most", TR_PARTIES_MAX);
  }
}

const tr_entity_field *tr_field_find(const tr_symbols *symbols, tr_entity entity,
                                     const char *name) {
  const tr_entity_fields *fields = &symbols->fields[entity];
  uint32_t index = tr_map_find(&fields->names, name, strlen(name));
  return index == TR_MAP_NONE ? NULL : &fields->items[index];
}

static bool same_field(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const char *name = ((const tr_entity_fields *)owner)->items[index].field->name.text;
  return strlen(name) == length && memcmp(name, bytes, length) == 0;
}

static void init_fields(tr_check *check) {
  for (uint32_t i = 0; i < TR_ENTITIES; i++) {
    tr_entity_fields *fields = &check->symbols->fields[i];
    tr_map_init(&fields->names, check->symbols->memory, (tr_hash_key){1, 2}, same_field, fields);
  }
}

static void push_field(tr_check *check, tr_entity entity, tr_entity_field entry) {
  tr_entity_fields *fields = &check->symbols->fields[entity];
  TR_PUSH(check->arena, fields, entry);
  const char *name = entry.field->name.text;
  tr_map_add(&fields->names, name, strlen(name), fields->count - 1);
}

static bool is_predefined(const tr_check *check, tr_entity entity, const char *name) {
  if (strcmp(name, "phase") == 0) return entity == ENTITY_LEAD && check->symbols->phase_type;
  return entity == ENTITY_LEAD &&
         (strcmp(name, "stage") == 0 || strcmp(name, "owner") == 0 || strcmp(name, "won") == 0 ||
          strcmp(name, "rep") == 0 || strcmp(name, "opened_at") == 0);
}

uint32_t tr_slots_of(const tr_symbols *symbols, tr_entity entity) {
  uint32_t slots = 0;
  for (uint32_t i = 0; i < symbols->fields[entity].count; i++) {
    const tr_entity_field *field = &symbols->fields[entity].items[i];
    uint32_t places = field->type->kind == TYPE_SET ? field->type->values.count : 1;
    slots += field->fades ? 2 * places : places;
  }
  return slots;
}

static void check_slots(tr_check *check, const tr_block *block) {
  if (block->fields.count == 0 || tr_slots_of(check->symbols, block->entity) <= TR_SLOTS_MAX)
    return;
  tr_report(check->diags, DIAG_OUT_OF_RANGE, block->fields.items[0].name.span,
            "the fields of %s take more than %d places; a set takes one for each of its values",
            tr_entity_names[block->entity], TR_SLOTS_MAX);
}

static void twice(tr_check *check, tr_entity entity, const tr_field *field,
                  const tr_entity_field *there) {
  tr_diag *diag =
      tr_report(check->diags, DIAG_DUPLICATE, field->name.span, "%s already has a field '%s'",
                tr_entity_names[entity], field->name.text);
  if (there) tr_diag_related(diag, there->field->name.span, "first here");
  if (there && tr_check_is_std(check, there->field->name.span))
    tr_diag_help(diag, "The standard rules have it: take yours away, or give it another name.");
}

static void add_field(tr_check *check, tr_entity entity, const tr_field *field) {
  const tr_entity_field *there = tr_field_find(check->symbols, entity, field->name.text);
  if (there || is_predefined(check, entity, field->name.text)) {
    twice(check, entity, field, there);
    return;
  }
  const tr_type *type = tr_check_type_told(check, field->type);
  if (field->starting) tr_check_constant(check, field->starting, type, "'starting at'");
  tr_entity_field entry = {
      .field = field, .type = type, .index = check->symbols->fields[entity].count};
  push_field(check, entity, entry);
}

/* `lead.center_complete` is there from the start: whether all members of the buying center are
 * named. */
static void add_predefined(tr_check *check) {
  tr_field *field = TR_NEW(check->arena, tr_field);
  field->name.text = field->key = "center_complete";
  field->type = (tr_type *)&tr_type_truth;
  tr_entity_field entry = {.field = field, .type = &tr_type_truth};
  push_field(check, ENTITY_LEAD, entry);
}

/* Those of the standard rules, or the treaty's own. */
static void add_blocks(tr_check *check, bool stds) {
  for (uint32_t i = 0; i < check->tree->blocks.count; i++) {
    const tr_block *block = check->tree->blocks.items[i];
    for (uint32_t k = 0; k < block->fields.count; k++) {
      if (tr_check_is_std(check, block->fields.items[k].name.span) == stds)
        add_field(check, block->entity, &block->fields.items[k]);
    }
    if (!stds) check_slots(check, block);
  }
}

static void check_blocks(tr_check *check) {
  init_fields(check);
  add_predefined(check);
  add_blocks(check, true);
  add_blocks(check, false);
  for (uint32_t i = 0; i < check->tree->types.count; i++) {
    tr_type_decl *decl = check->tree->types.items[i];
    tr_type named = {.kind = TYPE_NAMED, .span = decl->name.span, .name = decl->name};
    named.name.text = check->symbols->type_names[i];
    tr_check_type(check, &named);
  }
}

/* ---- Events ---------------------------------------------------------------------------------- */

static void check_by(tr_check *check, tr_name by) {
  if (strcmp(by.text, "buyer") == 0 || strcmp(by.text, "others") == 0) return;
  if (tr_check_is_party(check, by.text)) return;
  const char *const near = tr_near_name(by.text, (const char *const[]){"buyer", "others"}, 2);
  const char *const what = "'buyer', 'others' or a party";
  if (!near) {
    tr_check_name(check, by, SYMBOL_PARTY, SYMBOL_PARTY, what);
    return;
  }
  tr_check_unknown(check, DIAG_UNKNOWN_NAME, by, what, &near, 1);
}

static void check_event(tr_check *check, tr_event_decl *event) {
  check_by(check, event->by);
  for (uint32_t i = 0; i < event->fields.count; i++) {
    tr_field *field = &event->fields.items[i];
    tr_check_type_told(check, field->type);
    if (field->starting) {
      tr_report(check->diags, DIAG_WRONG_FORM, field->starting->span,
                "a field of an event has no start value");
    }
    for (uint32_t k = 0; k < i; k++) {
      const tr_field *other = &event->fields.items[k];
      if (strcmp(other->name.text, field->name.text) != 0 && strcmp(other->key, field->key) != 0)
        continue;
      tr_diag *diag = tr_report(check->diags, DIAG_DUPLICATE, field->name.span,
                                "the event already has a field '%s'", other->name.text);
      tr_diag_related(diag, other->name.span, "first here");
      break;
    }
  }
}

static bool same_event_type(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const char *type = ((const tr_tree *)owner)->events.items[index]->type;
  return strlen(type) == length && memcmp(type, bytes, length) == 0;
}

/* The same name twice is told of where names are declared. */
static void check_event_types(tr_check *check) {
  tr_map types;
  tr_map_init(&types, check->symbols->memory, (tr_hash_key){1, 2}, same_event_type, check->tree);
  for (uint32_t i = 0; i < check->tree->events.count; i++) {
    const tr_event_decl *event = check->tree->events.items[i], *other;
    uint32_t found = tr_map_find(&types, event->type, strlen(event->type));
    if (found == TR_MAP_NONE) tr_map_add(&types, event->type, strlen(event->type), i);
    if (found == TR_MAP_NONE) continue;
    other = check->tree->events.items[found];
    if (strcmp(other->name.text, event->name.text) == 0) continue;
    tr_diag *diag = tr_report(check->diags, DIAG_DUPLICATE, event->name.span,
                              "event type \"%s\" is declared twice", event->type);
    tr_diag_related(diag, other->name.span, "first here");
  }
}

/* `bind … by EXPR` is checked against each event that has the fields; it must fit one of them at
 * least. */
static bool fits_event(tr_check *check, const tr_expr *expr, const tr_event_decl *event) {
  if (expr->kind == EXPR_NAME) {
    if (strncmp(expr->name.text, "event.", 6) != 0) return true;
    for (uint32_t i = 0; i < event->fields.count; i++) {
      if (strcmp(event->fields.items[i].name.text, expr->name.text + 6) == 0) return true;
    }
    return false;
  }
  if (expr->left && !fits_event(check, expr->left, event)) return false;
  if (expr->right && !fits_event(check, expr->right, event)) return false;
  for (uint32_t i = 0; i < expr->list.count; i++) {
    if (!fits_event(check, expr->list.items[i], event)) return false;
  }
  return true;
}

static void check_binds(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->binds.count; i++) {
    tr_bind *bind = check->tree->binds.items[i];
    bool fits = false;
    if (bind->entity == ENTITY_MEMBER) {
      tr_report(check->diags, DIAG_WRONG_FORM, bind->span,
                "members are not bound: a person and a lead are");
      continue;
    }
    for (uint32_t k = 0; k < i; k++) {
      if (check->tree->binds.items[k]->entity != bind->entity) continue;
      tr_diag *diag = tr_report(check->diags, DIAG_REPEATED, bind->span, "%s is bound twice",
                                tr_entity_names[bind->entity]);
      tr_diag_related(diag, check->tree->binds.items[k]->span, "first here");
    }
    if (bind->except.text) tr_check_name(check, bind->except, SYMBOL_LIST, SYMBOL_LIST, "a list");
    for (uint32_t k = 0; k < check->tree->events.count; k++) {
      const tr_event_decl *event = check->tree->events.items[k];
      if (!fits_event(check, bind->value, event)) continue;
      tr_scope scope = {.entity = ENTITY_NONE, .event = event};
      const tr_type *type = tr_check_expr(check, &scope, bind->value, &tr_type_text_);
      fits = true;
      if (type->kind == TYPE_ERROR || tr_type_is_text(type)) continue;
      tr_report(check->diags, DIAG_WRONG_TYPE, bind->value->span,
                "an identity is text, and this is %s", tr_type_text(check->arena, type));
      break;
    }
    if (!fits && tr_check_is_whole(check))
      tr_report(check->diags, DIAG_UNKNOWN_FIELD, bind->value->span,
                "no event has the fields that this needs");
  }
}

/* ---- Definitions and criteria ---------------------------------------------------------------- */

static void too_deep(tr_check *check, tr_span from) {
  tr_report(check->diags, DIAG_TOO_DEEP, from,
            "more than %d definitions or signals stand on each other", TR_CHAIN_MAX);
}

static void has_read(tr_check *check, uint32_t height) {
  if (height > check->highest) check->highest = height;
}

bool tr_check_begin(tr_check *check, tr_followed *one, const tr_name *name, tr_span from) {
  if (one->state == 2) has_read(check, one->height);
  if (one->state == 2) return false;
  if (one->state == 1) {
    tr_report(check->diags, DIAG_DEFINED_BY_ITSELF, from, "'%s' needs its own value", name->text);
    return false;
  }
  if (check->chain >= TR_CHAIN_MAX) {
    too_deep(check, from);
    one->state = 2;
    return false;
  }
  check->chain++;
  *one = (tr_followed){.state = 1, .beside = check->highest};
  check->highest = 0;
  return true;
}

/* Those above one that is too high are not told of again. */
void tr_check_end(tr_check *check, tr_followed *one, tr_span from) {
  check->chain--;
  *one = (tr_followed){.state = 2, .height = check->highest + 1, .beside = one->beside};
  check->highest = one->beside;
  has_read(check, one->height);
  if (one->height == TR_CHAIN_MAX + 1) too_deep(check, from);
}

void tr_check_define_order(tr_check *check, uint32_t index, tr_span from) {
  tr_define *define = check->symbols->defines.items[index];
  if (!tr_check_begin(check, &check->defines[index], &define->name, from)) return;
  uint32_t outer = check->following;
  check->following = index;
  if (define->value) {
    tr_scope scope = {.entity = define->entity};
    const tr_type *wanted = define->type ? tr_check_type(check, define->type) : NULL;
    const tr_type *type = tr_check_expr(check, &scope, define->value, wanted);
    if (wanted && type->kind != TYPE_ERROR && !define->value->decays)
      tr_check_assignable(check, wanted, define->value);
  }
  check->following = outer;
  tr_check_end(check, &check->defines[index], from);
}

/* `X is known`, or `… and X is known`. */
static const tr_expr *asks_whether_known(const tr_expr *condition) {
  if (condition->kind == EXPR_IS_KNOWN) return condition;
  if (condition->kind != EXPR_AND && condition->kind != EXPR_ALL_OF) return NULL;
  for (uint32_t i = 0; i < condition->list.count; i++) {
    const tr_expr *found = asks_whether_known(condition->list.items[i]);
    if (found) return found;
  }
  return NULL;
}

static void warn_never_open(tr_check *check, const tr_criterion *criterion) {
  if (!criterion->question || criterion->unmet) return;
  const tr_expr *known = asks_whether_known(criterion->met);
  if (!known) return;
  tr_diag *diag = tr_report(check->diags, DIAG_NEVER_OPEN, known->span,
                            "the question '%s' is never open: while nobody knows, it is not met",
                            criterion->name.text);
  tr_diag_help(diag,
               "Ask for the value, as in 'lead.budget > 0 EUR' or 'lead.need is not \"none\"'.");
}

void tr_check_criterion_order(tr_check *check, uint32_t index, tr_span from) {
  tr_criterion *criterion = check->symbols->criteria.items[index];
  if (!tr_check_begin(check, &check->criteria[index], &criterion->name, from)) return;
  uint32_t outer = check->following;
  check->following = TR_NO_DEFINE;
  tr_scope scope = {.entity = ENTITY_NONE};
  if (criterion->met) {
    tr_check_condition(check, &scope, criterion->met);
    if (criterion->unmet) tr_check_condition(check, &scope, criterion->unmet);
    warn_never_open(check, criterion);
  } else if (!tr_check_may_be_lost(check, criterion->name.text)) {
    tr_diag *diag = tr_report(check->diags, DIAG_NOT_DECIDED, criterion->name.span,
                              "criterion '%s' is asked and never decided", criterion->name.text);
    tr_diag_help(diag, "Write 'criterion %s met when …' in your file.", criterion->name.text);
  }
  check->following = outer;
  tr_check_end(check, &check->criteria[index], from);
}

/* A bare name that is a field and a definition means the field: said once, where the definition
 * stands. */
static void warn_shadowed(tr_check *check, const tr_define *define) {
  const tr_entity_field *field = tr_field_find(check->symbols, define->entity, define->name.text);
  if (!field) return;
  tr_diag *diag = tr_report(check->diags, DIAG_SHADOWED, define->name.span,
                            "'%s' is also a field of %s, which wins", define->name.text,
                            tr_entity_names[define->entity]);
  tr_diag_related(diag, field->field->name.span, "the field");
}

/* What is fixed at an event is kept as a field is, which nobody can name. */
static void check_fixed(tr_check *check, tr_define *define) {
  if (!define->fixed_at.text || !define->value || define->value->type->kind == TYPE_ERROR) return;
  const tr_symbol *at =
      tr_check_name(check, define->fixed_at, SYMBOL_EVENT, SYMBOL_SIGNAL, "an event or signal");
  if (!at) return;
  tr_check_use_trigger(check, at);
  if (at->kind == SYMBOL_SIGNAL && ((const tr_signal *)at->decl)->kind != SIGNAL_EVENTS) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_KIND, define->fixed_at.span,
                              "'%s' is no event, so nothing can be fixed at it", at->name);
    tr_diag_help(diag, "Name an event, or a signal that is made of events.");
    return;
  }
  tr_field *field = TR_NEW(check->arena, tr_field);
  field->name.text = field->key =
      tr_arena_print(check->arena, "%s fixed at %s", define->name.text, at->name);
  field->name.span = define->name.span;
  define->fixed_field = check->symbols->fields[define->entity].count;
  tr_entity_field entry = {
      .field = field,
      .type = define->type ? tr_check_type(check, define->type) : define->value->type,
      .index = define->fixed_field};
  push_field(check, define->entity, entry);
}

static void check_without_account(tr_check *check) {
  if (check->tree->without_account.count < 2) return;
  tr_diag *diag = tr_report(check->diags, DIAG_REPEATED, check->tree->without_account.items[1].span,
                            "what becomes of events without account is said twice");
  tr_diag_related(diag, check->tree->without_account.items[0].span, "first here");
}

void tr_check_known(tr_check *check) {
  check_without_account(check);
  check_contacts(check);
  check_blocks(check);
  tr_check_sources(check);
  tr_check_lists(check);
  tr_check_catalogues(check);
  for (uint32_t i = 0; i < check->tree->events.count; i++)
    check_event(check, check->tree->events.items[i]);
  check_event_types(check);
  tr_check_signals(check);
  check_binds(check);
  tr_check_learns(check);
  for (uint32_t i = 0; i < check->tree->scores.count; i++) {
    tr_check_score_order(check, i, check->tree->scores.items[i]->name.span);
  }
  for (uint32_t i = 0; i < check->symbols->defines.count; i++) {
    tr_check_define_order(check, i, check->symbols->defines.items[i]->name.span);
    warn_shadowed(check, check->symbols->defines.items[i]);
    check_fixed(check, check->symbols->defines.items[i]);
  }
  for (uint32_t i = 0; i < check->symbols->criteria.count; i++) {
    tr_check_criterion_order(check, i, check->symbols->criteria.items[i]->name.span);
  }
}
