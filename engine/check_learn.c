/* check_learn.c - `on EVENT { … }`: what an event may teach, and in which way each field is
 * taught. */
#include <string.h>

#include "engine/check.h"
#include "engine/limits.h"

static tr_entity_field *target_field(tr_check *check, const tr_action *action, tr_entity *entity) {
  const char *dot = strchr(action->target.text, '.');
  for (int i = 0; dot && i < TR_ENTITIES; i++) {
    size_t length = strlen(tr_entity_names[i]);
    if ((size_t)(dot - action->target.text) != length ||
        memcmp(tr_entity_names[i], action->target.text, length) != 0) {
      continue;
    }
    *entity = (tr_entity)i;
    return (tr_entity_field *)tr_field_find(check->symbols, *entity, dot + 1);
  }
  return NULL;
}

/* `set title to …`: whose title? */
static bool lacks_entity(tr_check *check, tr_name target) {
  for (int entity = 0; entity < TR_ENTITIES; entity++) {
    if (!tr_field_find(check->symbols, (tr_entity)entity, target.text)) continue;
    tr_diag *diag = tr_report(check->diags, DIAG_UNKNOWN_NAME, target.span,
                              "'%s' cannot stand without its entity here", target.text);
    tr_diag_help(diag, "Did you mean '%s.%s'?", tr_entity_names[entity], target.text);
    return true;
  }
  return false;
}

static void refuse_target(tr_check *check, const tr_event_decl *event, const tr_action *action) {
  if (lacks_entity(check, action->target)) return;
  tr_expr target = {.kind = EXPR_NAME, .name = action->target, .span = action->target.span};
  tr_scope scope = {.entity = ENTITY_NONE, .event = event};
  const tr_type *type = tr_check_expr(check, &scope, &target, NULL);
  if (type->kind == TYPE_ERROR) return;
  tr_report(check->diags, DIAG_WRONG_KIND, action->target.span,
            "'%s' is not a field that an event can teach", action->target.text);
}

/* `set member.roles to decider` */
static bool is_one_of_set(tr_check *check, const tr_action *action, const tr_type *type) {
  if (type->kind != TYPE_SET || !tr_type_same(type->of, action->value->type)) return false;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, action->value->span,
                            "'%s' is a set, and this is one value of it", action->target.text);
  tr_diag_help(diag, "Write 'add … to %s'.", action->target.text);
  return true;
}

static void check_set(tr_check *check, const tr_event_decl *event, tr_action *action,
                      tr_entity entity, tr_entity_field *field) {
  tr_scope scope = {.entity = ENTITY_NONE, .event = event};
  tr_check_expr(check, &scope, action->value, field->type);
  if (is_one_of_set(check, action, field->type)) return;
  tr_check_assignable(check, field->type, action->value);
  if (action->for_ms == 0) return;
  field->fades = true;
  if (tr_slots_of(check->symbols, entity) <= TR_SLOTS_MAX) return;
  tr_report(check->diags, DIAG_OUT_OF_RANGE, action->span,
            "the fields of %s take more than %d places; one that is set for a time takes two",
            tr_entity_names[entity], TR_SLOTS_MAX);
}

static void check_membership(tr_check *check, tr_action *action, const tr_entity_field *field) {
  if (field->type->kind == TYPE_SET) {
    tr_check_constant(check, action->value, field->type->of, "a set");
    return;
  }
  tr_report(check->diags, DIAG_WRONG_TYPE, action->target.span,
            "'%s' is no set, so nothing is added or removed", action->target.text);
}

static void check_step(tr_check *check, const tr_action *action, const tr_entity_field *field) {
  if (field->type->kind == TYPE_SCALE || field->type->kind == TYPE_ERROR) return;
  tr_report(check->diags, DIAG_WRONG_TYPE, action->target.span,
            "only a scale can be lowered or raised, and '%s' is %s", action->target.text,
            tr_type_text(check->arena, field->type));
}

static void check_action(tr_check *check, const tr_event_decl *event, tr_action *action) {
  tr_entity entity;
  tr_entity_field *field = target_field(check, action, &entity);
  if (!field) {
    refuse_target(check, event, action);
    return;
  }
  switch (action->kind) {
    case ACTION_SET:
    case ACTION_SET_FIRST: check_set(check, event, action, entity, field); break;
    case ACTION_ADD:
    case ACTION_REMOVE: check_membership(check, action, field); break;
    case ACTION_LOWER:
    case ACTION_RAISE: check_step(check, action, field); break;
    case ACTION_FORGET: break;
  }
  field->taught |= 1u << action->kind;
}

void tr_check_learns(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->learns.count; i++) {
    tr_learn *learn = check->tree->learns.items[i];
    const tr_event_decl *event = tr_check_pattern(check, &learn->pattern);
    if (!event) {
      const tr_symbol *symbol = tr_symbol_find(check->symbols, learn->pattern.event);
      const char *no_event = tr_check_no_event(check, symbol);
      if (no_event) {
        tr_report(check->diags, DIAG_WRONG_SCOPE, learn->pattern.event.span,
                  "%s, so it teaches nothing", no_event);
      } else if (symbol && symbol->kind == SYMBOL_SIGNAL) {
        tr_report(check->diags, DIAG_WRONG_SCOPE, learn->pattern.event.span,
                  "'%s' has several events; write an 'on' for each", learn->pattern.event.text);
      }
      continue;
    }
    for (uint32_t k = 0; k < learn->actions.count; k++)
      check_action(check, event, &learn->actions.items[k]);
  }
}
