/* check_name.c - what a name in an expression means from where it stands: a field, a value of the
 * other side's type, something that is declared, something that is there by itself. */
#include <string.h>

#include "engine/check_expr.h"
#include "grammar/near.h"

/* ---- Scope ----------------------------------------------------------------------------------- */

bool tr_check_is_at_hand(const tr_scope *scope, tr_entity entity) {
  if (scope->concerned) return true;
  if (scope->event && scope->entity == ENTITY_NONE) return true;
  switch (entity) {
    case ENTITY_ACCOUNT: return true;
    case ENTITY_PERSON: return scope->entity == ENTITY_PERSON || scope->entity == ENTITY_MEMBER;
    case ENTITY_LEAD:
      return scope->entity == ENTITY_LEAD || scope->entity == ENTITY_MEMBER ||
             scope->entity == ENTITY_NONE;
    case ENTITY_MEMBER: return scope->entity == ENTITY_MEMBER;
    case ENTITY_NONE: break;
  }
  return false;
}

bool tr_check_at_hand(tr_check *check, const tr_scope *scope, tr_entity entity, tr_span span,
                      const char *what) {
  if (tr_check_is_at_hand(scope, entity)) return true;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_SCOPE, span,
                            "%s belongs to a %s, and no %s is at hand here", what,
                            tr_entity_names[entity], tr_entity_names[entity]);
  if ((entity == ENTITY_PERSON || entity == ENTITY_MEMBER) &&
      tr_check_is_at_hand(scope, ENTITY_LEAD)) {
    tr_diag_help(diag,
                 "Reach the people of a lead with 'any member has (…)' or 'max of … of members'.");
  }
  return false;
}

/* ---- Names ----------------------------------------------------------------------------------- */

static const tr_type *take_field(tr_expr *expr, tr_entity entity, const tr_entity_field *field) {
  expr->ref_kind = REF_FIELD;
  expr->entity = (uint8_t)entity;
  expr->index = field->index;
  return expr->type = field->type;
}

static const tr_type *take(tr_expr *expr, tr_ref_kind kind, const tr_type *type) {
  expr->ref_kind = (uint8_t)kind;
  return expr->type = type;
}

static const tr_type *take_phase(tr_check *check, tr_expr *expr) {
  const tr_type *type = check->symbols->phase_type;
  if (!type) {
    tr_check_no_phases(check, expr->span);
    return fail(expr);
  }
  if (!check->symbols->phase_asked.to) check->symbols->phase_asked = expr->span;
  return take(expr, REF_PHASE, type);
}

/* `lead.stage`, `owner`, `lead.opened_at`. NULL: no such thing. */
static const tr_type *predefined(tr_check *check, tr_expr *expr, const char *name) {
  if (strcmp(name, "stage") == 0) return take(expr, REF_STAGE, check->symbols->stage_type);
  if (strcmp(name, "owner") == 0) return take(expr, REF_OWNER, check->symbols->party_type);
  if (strcmp(name, "rep") == 0) return take(expr, REF_REP, &tr_type_text_);
  if (strcmp(name, "opened_at") == 0) return take(expr, REF_OPENED_AT, &tr_type_time);
  if (strcmp(name, "won") == 0) return take(expr, REF_WON, &tr_type_truth);
  if (strcmp(name, "phase") == 0) return take_phase(check, expr);
  return NULL;
}

static const tr_type *unknown_field(tr_check *check, tr_expr *expr, tr_entity entity,
                                    const char *field) {
  uint32_t count = check->symbols->fields[entity].count;
  const char **names = TR_NEW_ARRAY(check->arena, const char *, count + 1);
  for (uint32_t i = 0; i < count; i++)
    names[i] = check->symbols->fields[entity].items[i].field->name.text;
  tr_check_unknown(check, DIAG_UNKNOWN_FIELD, (tr_name){.text = field, .span = expr->span},
                   tr_arena_print(check->arena, "a field of %s", tr_entity_names[entity]), names,
                   count);
  return fail(expr);
}

static const char *event_text(tr_check *check, const tr_event_decl *event) {
  if (event->any_buyer) return "any buyer event";
  return tr_arena_print(check->arena, "event %s", event->name.text);
}

static const tr_type *event_field(tr_check *check, tr_expr *expr, const tr_event_decl *event,
                                  const char *field, bool quietly) {
  if (strcmp(field, "time") == 0 && !quietly) return take(expr, REF_EVENT_TIME, &tr_type_time);
  const char **names = TR_NEW_ARRAY(check->arena, const char *, event->fields.count + 1);
  for (uint32_t i = 0; i < event->fields.count; i++) {
    const tr_field *candidate = &event->fields.items[i];
    names[i] = candidate->name.text;
    if (strcmp(candidate->name.text, field) != 0) continue;
    expr->index = i;
    return take(expr, REF_EVENT_FIELD, tr_check_type(check, candidate->type));
  }
  if (quietly) return NULL;
  if (strcmp(field, "type") == 0) {
    tr_report(check->diags, DIAG_NOT_YET, expr->span,
              "'event.type' is not yet part of the language");
    return fail(expr);
  }
  tr_check_unknown(check, DIAG_UNKNOWN_FIELD, (tr_name){.text = field, .span = expr->span},
                   tr_arena_print(check->arena, "a field of %s", event_text(check, event)), names,
                   event->fields.count);
  return fail(expr);
}

/* Within `lead of account has (…)` each lead's own fields stand bare, and `lead.x` means the lead
 * from which the question is asked. */
static bool check_outside(tr_check *check, const tr_scope *scope, tr_expr *expr,
                          const char *field) {
  expr->outside = scope->lead_outside;
  if (expr->outside) return true;
  tr_diag *diag =
      tr_report(check->diags, DIAG_WRONG_SCOPE, expr->span,
                "'%s' is of a lead outside of this group, and there is none", expr->name.text);
  tr_diag_help(diag, "Write '%s' for that of each lead in it.", field);
  return false;
}

static const tr_type *qualified(tr_check *check, const tr_scope *scope, tr_expr *expr,
                                const char *dot) {
  size_t length = (size_t)(dot - expr->name.text);
  const char *field = dot + 1;
  if (length == 5 && memcmp(expr->name.text, "event", 5) == 0) {
    if (scope->event) return event_field(check, expr, scope->event, field, false);
    tr_report(check->diags, DIAG_WRONG_SCOPE, expr->span,
              "there is no event here whose '%s' could be meant", field);
    return fail(expr);
  }
  for (int entity = 0; entity < TR_ENTITIES; entity++) {
    if (strlen(tr_entity_names[entity]) != length ||
        memcmp(tr_entity_names[entity], expr->name.text, length) != 0) {
      continue;
    }
    if (!tr_check_at_hand(check, scope, (tr_entity)entity, expr->span,
                          tr_arena_print(check->arena, "'%s'", expr->name.text))) {
      return fail(expr);
    }
    if (entity == ENTITY_LEAD && scope->among_leads && !check_outside(check, scope, expr, field))
      return fail(expr);
    const tr_entity_field *found = tr_field_find(check->symbols, (tr_entity)entity, field);
    if (found) return take_field(expr, (tr_entity)entity, found);
    const tr_type *type = entity == ENTITY_LEAD ? predefined(check, expr, field) : NULL;
    return type ? type : unknown_field(check, expr, (tr_entity)entity, field);
  }
  const tr_type *kept = tr_check_kept(check, scope, expr);
  if (kept) return kept;
  const char *owner = tr_near_name(tr_arena_copy(check->arena, expr->name.text, length),
                                   tr_entity_names, TR_ENTITIES);
  if (!owner || tr_symbol_find(check->symbols, expr->name)) return NULL;
  tr_diag *diag = tr_report(check->diags, DIAG_UNKNOWN_NAME, expr->span,
                            "'%s' is not a name that is known here", expr->name.text);
  tr_diag_help(diag, "Did you mean '%s.%s'?", owner, field);
  return fail(expr);
}

/* A field that may stand bare here. */
static const tr_type *bare_field(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  if (scope->bare_event && scope->event) {
    const tr_type *type = event_field(check, expr, scope->event, expr->name.text, true);
    if (type) return type;
  }
  if (scope->entity == ENTITY_NONE) return NULL;
  const tr_entity_field *field = tr_field_find(check->symbols, scope->entity, expr->name.text);
  if (field) return take_field(expr, scope->entity, field);
  if (scope->entity != ENTITY_MEMBER) return NULL;
  field = tr_field_find(check->symbols, ENTITY_PERSON, expr->name.text);
  return field ? take_field(expr, ENTITY_PERSON, field) : NULL;
}

static const tr_type *define_type(tr_check *check, const tr_define *define, uint32_t index,
                                  tr_span from) {
  tr_check_reads_define(check, index, from);
  tr_check_define_order(check, index, from);
  if (define->type) return tr_check_type(check, define->type);
  return define->value && define->value->type ? define->value->type : ERROR;
}

static const tr_type *declared(tr_check *check, const tr_scope *scope, tr_expr *expr,
                               const tr_symbol *symbol) {
  const char *what = tr_arena_print(check->arena, "'%s'", symbol->name);
  expr->index = symbol->index;
  switch (symbol->kind) {
    case SYMBOL_SCORE: {
      const tr_score *score = symbol->decl;
      if (!tr_check_at_hand(check, scope, score->entity, expr->span, what)) return fail(expr);
      expr->entity = (uint8_t)score->entity;
      tr_check_score_order(check, symbol->index, expr->span);
      expr->decays = score->halves_ms > 0;
      return take(expr, REF_SCORE, &tr_type_number);
    }
    case SYMBOL_DEFINE: {
      const tr_define *define = symbol->decl;
      if (!tr_check_at_hand(check, scope, define->entity, expr->span, what)) return fail(expr);
      expr->entity = (uint8_t)define->entity;
      const tr_type *type = define_type(check, define, symbol->index, expr->span);
      bool moves = define->value && !define->fixed_at.text;
      expr->decays = moves && define->value->decays;
      expr->grows = moves ? define->value->grows : 0;
      return take(expr, REF_DEFINE, type);
    }
    case SYMBOL_CRITERION:
      if (!tr_check_at_hand(check, scope, ENTITY_LEAD, expr->span, what)) return fail(expr);
      tr_check_criterion_order(check, symbol->index, expr->span);
      return take(expr, REF_CRITERION, &tr_type_truth);
    default: {
      const char *article = symbol->kind == SYMBOL_SIGNAL || symbol->kind == SYMBOL_EVENT
                                ? "happens; it has no value"
                                : "has no value";
      tr_diag *diag =
          tr_report(check->diags, DIAG_WRONG_KIND, expr->span, "'%s' %s", symbol->name, article);
      if (symbol->kind == SYMBOL_SIGNAL) {
        tr_diag_help(diag, "Write 'count of %s in last 30 days >= 1', for example.", symbol->name);
      }
      if (symbol->kind == SYMBOL_CATALOGUE)
        tr_diag_help(diag, "Write '%s(KEY).COLUMN' for what stands in a row.", symbol->name);
      if (symbol->kind == SYMBOL_KEPT)
        tr_diag_help(diag, "Write '%s.NAME' for a value that is kept as it.", symbol->name);
      return fail(expr);
    }
  }
}

bool tr_check_take_value(tr_expr *expr, const tr_type *wanted) {
  if (!wanted || !tr_type_has_values(wanted)) return false;
  uint32_t value = tr_type_value(wanted, expr->name.text);
  if (value == UINT32_MAX) return false;
  expr->number = value;
  take(expr, REF_VALUE, wanted->kind == TYPE_SET && wanted->of ? wanted->of : wanted);
  return true;
}

/* `country` in a clause: the full name of a field that is at hand, or NULL. */
static const char *full_name(const tr_check *check, const tr_scope *scope, const char *name) {
  for (uint32_t i = 0; scope->event && i < scope->event->fields.count; i++) {
    if (strcmp(scope->event->fields.items[i].name.text, name) == 0)
      return tr_arena_print(check->arena, "event.%s", name);
  }
  for (int entity = 0; entity < TR_ENTITIES; entity++) {
    if (tr_check_is_at_hand(scope, (tr_entity)entity) &&
        tr_field_find(check->symbols, (tr_entity)entity, name))
      return tr_arena_print(check->arena, "%s.%s", tr_entity_names[entity], name);
  }
  return NULL;
}

const tr_type *tr_check_unknown_name(tr_check *check, const tr_scope *scope, tr_expr *expr,
                                     const tr_type *wanted) {
  const tr_symbols *symbols = check->symbols;
  TR_LIST(const char *) names = {0};
  if (tr_diags_is_full(check->diags)) {
    tr_check_unknown(check, DIAG_UNKNOWN_NAME, expr->name, "known here", NULL, 0);
    return fail(expr);
  }
  bool dotted = strchr(expr->name.text, '.') != NULL;
  const char *full = full_name(check, scope, expr->name.text);
  if (full && !tr_check_may_be_lost(check, expr->name.text)) {
    tr_diag *diag = tr_report(check->diags, DIAG_UNKNOWN_NAME, expr->span,
                              "'%s' cannot stand without its entity here", expr->name.text);
    tr_diag_help(diag, "Did you mean '%s'?", full);
    return fail(expr);
  }
  tr_diag_code code = DIAG_UNKNOWN_NAME;
  const char *what = "a name that is known here";
  if (wanted && tr_type_has_values(wanted)) {
    code = DIAG_UNKNOWN_VALUE;
    what = tr_arena_print(check->arena, "a value of %s", tr_type_text(check->arena, wanted));
    for (uint32_t i = 0; i < wanted->values.count; i++)
      TR_PUSH(check->arena, &names, wanted->values.items[i].text);
  } else {
    if (scope->entity != ENTITY_NONE && !dotted) {
      code = DIAG_UNKNOWN_FIELD;
      what = tr_arena_print(check->arena, "a field of %s", tr_entity_names[scope->entity]);
    } else if (scope->bare_event && scope->event) {
      code = DIAG_UNKNOWN_FIELD;
      what = tr_arena_print(check->arena, "a field of %s", event_text(check, scope->event));
    }
    for (uint32_t i = 0; scope->bare_event && scope->event && i < scope->event->fields.count; i++) {
      TR_PUSH(check->arena, &names, scope->event->fields.items[i].name.text);
    }
    for (uint32_t i = 0; scope->entity != ENTITY_NONE && i < symbols->fields[scope->entity].count;
         i++) {
      TR_PUSH(check->arena, &names, symbols->fields[scope->entity].items[i].field->name.text);
    }
    for (uint32_t i = 0; i < symbols->all.count; i++) {
      tr_symbol_kind kind = symbols->all.items[i].kind;
      if (kind == SYMBOL_SCORE || kind == SYMBOL_DEFINE || kind == SYMBOL_CRITERION) {
        TR_PUSH(check->arena, &names, symbols->all.items[i].name);
      }
    }
  }
  if (wanted && tr_type_is_text(wanted) && !tr_check_may_be_lost(check, expr->name.text) &&
      !tr_near_name(expr->name.text, names.items, names.count)) {
    tr_diag *diag =
        tr_report(check->diags, code, expr->span, "'%s' is not %s", expr->name.text, what);
    tr_diag_help(diag, "If a text is meant, put it in quotes: \"%s\".", expr->name.text);
    return fail(expr);
  }
  if (strcmp(expr->name.text, "today") == 0 || strcmp(expr->name.text, "now") == 0) {
    tr_diag *diag =
        tr_report(check->diags, code, expr->span, "'%s' is not %s", expr->name.text, what);
    tr_diag_help(diag, "Write 'days until DATE >= 0' or 'days since DATE >= 0'.");
    return fail(expr);
  }
  tr_check_unknown(check, code, expr->name, what, names.items, names.count);
  return fail(expr);
}

/* What is predefined of the lead at hand. */
static bool stands_bare(const tr_check *check, const tr_scope *scope, const char *name) {
  if (!tr_check_is_at_hand(scope, ENTITY_LEAD)) return false;
  if (strcmp(name, "opened_at") == 0) return scope->among_leads;
  if (strcmp(name, "won") == 0) return scope->entity == ENTITY_LEAD;
  if (strcmp(name, "phase") == 0) return check->symbols->phase_type != NULL;
  return strcmp(name, "stage") == 0 || strcmp(name, "owner") == 0 || strcmp(name, "rep") == 0;
}

const tr_type *tr_check_reference(tr_check *check, const tr_scope *scope, tr_expr *expr,
                                  const tr_type *wanted) {
  if (tr_check_take_value(expr, wanted)) return expr->type;
  const char *dot = strchr(expr->name.text, '.');
  const tr_type *type = dot ? qualified(check, scope, expr, dot) : bare_field(check, scope, expr);
  if (type) return type;
  if (!dot && stands_bare(check, scope, expr->name.text))
    return predefined(check, expr, expr->name.text);
  const tr_symbol *symbol = tr_symbol_find(check->symbols, expr->name);
  if (symbol) return declared(check, scope, expr, symbol);
  bool no_phases = strcmp(expr->name.text, "phase") == 0 && !check->symbols->phase_type;
  if (no_phases && tr_check_is_at_hand(scope, ENTITY_LEAD)) return take_phase(check, expr);
  return tr_check_unknown_name(check, scope, expr, wanted);
}

bool tr_check_has_meaning(tr_check *check, const tr_scope *scope, tr_expr *expr) {
  if (expr->kind != EXPR_NAME) return true;
  if (strchr(expr->name.text, '.')) return true;
  tr_expr probe = *expr;
  if (bare_field(check, scope, &probe)) return true;
  if (stands_bare(check, scope, expr->name.text)) return true;
  const tr_symbol *symbol = tr_symbol_find(check->symbols, expr->name);
  return symbol && (symbol->kind == SYMBOL_SCORE || symbol->kind == SYMBOL_DEFINE ||
                    symbol->kind == SYMBOL_CRITERION);
}
