/* staging.c - from a case to what a test gives; see staging.h.
 *
 * The facts of the case are gone through from the first to the last. What one of them needs may be
 * a new question, whose answer adds facts at the end: of a new member, or of what an event depends
 * on. Fields come last, when nothing more is added. */
#include "engine/staging.h"

#include <string.h>

#include "engine/formula.h"
#include "grammar/civil.h"

/* Questions of one test; those behind signals on signals could be many. */
#define QUESTIONS_MAX 200

static const tr_variable *variable_of(const tr_staging *staging, const tr_staged_fact *fact) {
  return &staging->proof->variables.items[fact->variable];
}

/* ---- Facts ----------------------------------------------------------------------------------- */

void tr_staging_beyond(tr_staging *staging, const tr_staged_fact *fact) {
  if (staging->beyond) return;
  staging->beyond = true;
  staging->beyond_fact = *fact;
}

static bool is_persons(uint8_t entity) {
  return entity == ENTITY_PERSON || entity == ENTITY_MEMBER;
}

/* Whether what an expression is, is different for each person. */
static bool is_about_person(const tr_expr *expr) {
  if (!expr || (expr->kind >= EXPR_ANY_HAS && expr->kind <= EXPR_MIN_OF)) return false;
  bool names = expr->kind == EXPR_NAME && expr->ref_kind != REF_EVENT_FIELD;
  bool counts = expr->kind >= EXPR_COUNT && expr->kind <= EXPR_TIME_SINCE;
  if ((names || counts) && is_persons(expr->entity)) return true;
  if (is_about_person(expr->left) || is_about_person(expr->right)) return true;
  for (uint32_t i = 0; i < expr->list.count; i++) {
    if (is_about_person(expr->list.items[i])) return true;
  }
  return false;
}

static bool varies_by_person(const tr_variable *variable) {
  bool field = variable->kind == VARIABLE_FIELD || variable->kind == VARIABLE_ELEMENT;
  return field ? is_persons(variable->entity) : is_about_person(variable->expr);
}

/* It is of the event that is asked about, and of no other. */
static bool is_of_event(const tr_expr *expr) {
  if (!expr) return false;
  if (expr->kind == EXPR_NAME)
    return expr->ref_kind == REF_EVENT_FIELD || expr->ref_kind == REF_EVENT_TIME;
  if (is_of_event(expr->left) || is_of_event(expr->right)) return true;
  for (uint32_t i = 0; i < expr->list.count; i++) {
    if (is_of_event(expr->list.items[i])) return true;
  }
  return false;
}

static bool is_known(const tr_staging *staging, uint32_t variable, uint32_t who) {
  for (uint32_t i = 0; i < staging->facts.count; i++) {
    const tr_staged_fact *fact = &staging->facts.items[i];
    if (fact->variable == variable && fact->who == who) return true;
  }
  return false;
}

/* Whether no constant that the variable is compared with tells the value from 0. */
static bool is_as_nothing(const tr_variable *variable, const tr_cell_value *cell) {
  if (cell->unknown || cell->low == 0) return !cell->unknown;
  if (variable->truth || cell->low != cell->high) return false;
  if (variable->type && tr_type_has_values(variable->type)) return false;
  for (uint32_t i = 0; i < variable->cuts.count; i++) {
    int64_t cut = variable->cuts.items[i];
    if (cell->low > 0 ? cut >= 0 && cut <= cell->low : cut <= 0 && cut >= cell->low) return false;
  }
  return true;
}

void tr_staging_take(tr_staging *staging, uint32_t who) {
  tr_proof *proof = staging->proof;
  for (uint32_t i = 0; i < proof->variables.count; i++) {
    const tr_variable *variable = &proof->variables.items[i];
    if (variable->question != proof->questions || variable->cell == TR_OPEN) continue;
    if (variable->kind != VARIABLE_STAGE && is_of_event(variable->expr)) continue;
    uint32_t whose = varies_by_person(variable) ? who : TR_NOBODY;
    if (is_known(staging, i, whose)) continue;
    tr_cell_value cell = variable->cells[variable->cell];
    tr_staged_fact fact = {
        .variable = i, .who = whose, .cell = cell, .as_nothing = is_as_nothing(variable, &cell)};
    TR_PUSH(staging->arena, &staging->facts, fact);
  }
}

void tr_staging_hold(const tr_staging *staging, uint32_t who) {
  tr_proof_at_stage(staging->proof, staging->stage);
  for (uint32_t i = 0; i < staging->facts.count; i++) {
    const tr_staged_fact *fact = &staging->facts.items[i];
    if (fact->who == TR_NOBODY || fact->who == who)
      tr_proof_hold(staging->proof, fact->variable, &fact->cell);
  }
}

bool tr_staging_search(tr_staging *staging, uint32_t who) {
  if (staging->questions++ >= QUESTIONS_MAX) return false;
  tr_staging_hold(staging, who);
  return tr_proof_search(staging->proof) == PROOF_YES;
}

/* ---- Going through them ---------------------------------------------------------------------- */

static bool is_field(const tr_expr *expr) {
  return expr && expr->kind == EXPR_NAME && expr->ref_kind == REF_FIELD;
}

/* What is said of a text is seen to when the text is made up. */
static bool is_about_text(const tr_expr *expr) {
  return expr->kind != EXPR_MATCHES && is_field(expr->left) && tr_type_is_text(expr->left->type);
}

static void stage_name(tr_staging *staging, const tr_staged_fact *fact, const tr_expr *expr) {
  if (expr->ref_kind == REF_SCORE)
    tr_staging_score(staging, fact);
  else if (expr->ref_kind == REF_PHASE)
    tr_staging_phase(staging, fact);
  else if (fact->cell.unknown || fact->cell.low != 0 || expr->ref_kind != REF_WON)
    tr_staging_beyond(staging, fact);
}

static void stage_age(tr_staging *staging, const tr_staged_fact *fact) {
  if (!fact->as_nothing && fact->cell.low > staging->age_ms) staging->age_ms = fact->cell.low;
}

static void stage_other(tr_staging *staging, const tr_staged_fact *fact) {
  const tr_expr *expr = variable_of(staging, fact)->expr;
  switch (expr->kind) {
    case EXPR_NAME: stage_name(staging, fact, expr); return;
    case EXPR_ANY_HAS:
    case EXPR_EVERY_HAS:
    case EXPR_COUNT_WITH:
    case EXPR_SUM_OF:
    case EXPR_MAX_OF:
    case EXPR_MIN_OF: tr_staging_group(staging, fact); return;
    case EXPR_SUM_IN:
    case EXPR_MAX_IN:
    case EXPR_MIN_IN: tr_staging_measure(staging, fact); return;
    case EXPR_COUNT_DAYS: tr_staging_days(staging, fact); return;
    case EXPR_TIME_SINCE: tr_staging_since(staging, fact); return;
    case EXPR_AGE:
    case EXPR_TIME_IN_STAGE: stage_age(staging, fact); return;
    case EXPR_TIMES_ENTERED: return; /* what is so, is so */
    case EXPR_DAYS_UNTIL:
    case EXPR_DAYS_SINCE:
      if (!is_field(expr->left)) tr_staging_beyond(staging, fact);
      return;
    default:
      if (!variable_of(staging, fact)->truth || !is_about_text(expr))
        tr_staging_beyond(staging, fact);
  }
}

void tr_staging_make(tr_staging *staging, tr_proof *proof, uint32_t stage) {
  *staging = (tr_staging){.proof = proof, .arena = proof->check->arena, .stage = stage};
  tr_staging_take(staging, TR_NOBODY);
  for (uint32_t i = 0; i < staging->facts.count && !staging->beyond; i++) {
    tr_staged_fact fact = staging->facts.items[i];
    const tr_variable *variable = variable_of(staging, &fact);
    if (variable->kind == VARIABLE_COUNT) tr_staging_count(staging, &fact);
    if (variable->kind == VARIABLE_OTHER) stage_other(staging, &fact);
  }
}

/* ---- Values ---------------------------------------------------------------------------------- */

static bool is_same_field(const tr_expr *a, const tr_variable *field) {
  if (!a || a->kind != EXPR_NAME) return false;
  if (field->kind == VARIABLE_FIELD)
    return a->ref_kind == REF_FIELD && a->entity == field->entity && a->index == field->index;
  return a->ref_kind == REF_EVENT_FIELD && a->index == field->expr->index;
}

/* `*leiter` and `head of*` stand for words: one of them. */
static const char *some_word(const tr_staging *staging, const char *pattern) {
  size_t length = strlen(pattern), from = length > 0 && pattern[0] == '*';
  if (length > from && pattern[length - 1] == '*') length--;
  return tr_arena_print(staging->arena, "%.*s", (int)(length - from), pattern + from);
}

/* Of which all holds that is said of a text. */
typedef struct made_text {
  const char *start, *inside, *word, *end, *whole;
} made_text;

static void say_of_text(const tr_staging *staging, made_text *made, const tr_expr *expr) {
  const char *text = expr->right ? expr->right->text : "";
  const tr_exprs *values;
  switch (expr->kind) {
    case EXPR_STARTS_WITH: made->start = text; return;
    case EXPR_CONTAINS: made->inside = text; return;
    case EXPR_ENDS_WITH: made->end = text; return;
    case EXPR_EXACTLY: made->whole = text; return;
    case EXPR_HAS_ANY_OF:
      if (expr->list.count > 0) made->word = some_word(staging, expr->list.items[0]->text);
      return;
    case EXPR_IN_LIST:
      values = &staging->proof->check->tree->lists.items[expr->index]->values;
      if (values->count > 0) made->whole = values->items[0]->text;
      return;
    default: return;
  }
}

/* "other", or what is made up of the parts that are wanted. */
static const char *some_text(const tr_staging *staging, const tr_staged_facts *facts,
                             const tr_staged_fact *fact) {
  const tr_variable *field = variable_of(staging, fact);
  made_text made = {"", "", "", "", NULL};
  for (uint32_t i = 0; i < facts->count; i++) {
    const tr_staged_fact *said = &facts->items[i];
    const tr_variable *asked = variable_of(staging, said);
    if (said->who != fact->who || said->cell.unknown || said->cell.low != 1) continue;
    if (asked->kind == VARIABLE_OTHER && asked->truth && is_same_field(asked->expr->left, field))
      say_of_text(staging, &made, asked->expr);
  }
  if (made.whole) return made.whole;
  const char *before = *made.word && (*made.start || *made.inside) ? " " : "";
  const char *behind = *made.word && *made.end ? " " : "";
  const char *text = tr_arena_print(staging->arena, "%s%s%s%s%s%s", made.start, made.inside, before,
                                    made.word, behind, made.end);
  return *text ? text : "other";
}

const char *tr_staging_value(const tr_staging *staging, const tr_staged_facts *facts,
                             const tr_staged_fact *fact) {
  const tr_variable *variable = variable_of(staging, fact);
  int64_t value = fact->cell.low;
  if (fact->cell.unknown) return NULL;
  if (variable->truth) return value ? "true" : "false";
  if (!tr_type_is_text(variable->type))
    return tr_show_constant(staging->arena, variable->type, value);
  const char *text =
      value < 0 ? some_text(staging, facts, fact) : staging->proof->texts.items[value].text;
  return tr_arena_print(staging->arena, "\"%s\"", text);
}

const char *tr_staging_beyond_text(const tr_staging *staging) {
  const tr_staged_fact *fact = &staging->beyond_fact;
  const tr_expr *expr = variable_of(staging, fact)->expr;
  const char *value = tr_staging_value(staging, &staging->facts, fact);
  return tr_arena_print(
      staging->arena, "'%s' is %s",
      tr_source_quote(&staging->proof->check->diags->sources, staging->arena, expr->span),
      value ? value : "unknown");
}

/* ---- Fields ---------------------------------------------------------------------------------- */

/* What is given of one entity, as it is written between braces. */
typedef struct giving {
  const tr_staging *staging;
  uint8_t entity;
  uint32_t who;
  int64_t day;
  const char *given;
} giving;

static void give(giving *giving, const char *name, const char *value) {
  const char *before = giving->given;
  giving->given = tr_arena_print(giving->staging->arena, "%s%s%s %s", before ? before : "",
                                 before ? ", " : "", name, value);
}

static const char *field_name(const tr_staging *staging, uint8_t entity, uint32_t index) {
  return staging->proof->check->symbols->fields[entity].items[index].field->name.text;
}

/* Whether it is an element of the same set of the same person. */
static bool is_beside(const tr_staging *staging, const tr_staged_fact *a, const tr_staged_fact *b) {
  const tr_variable *one = variable_of(staging, a), *other = variable_of(staging, b);
  return a->who == b->who && one->kind == VARIABLE_ELEMENT && other->kind == VARIABLE_ELEMENT &&
         one->entity == other->entity && one->index == other->index;
}

/* One that nothing is said of, so that all the others are known not to be in the set. */
static const char *some_other(const tr_staging *staging, const tr_staged_fact *first) {
  const tr_names *values = &variable_of(staging, first)->type->values;
  for (uint32_t i = 0; i < values->count; i++) {
    bool said = false;
    for (uint32_t k = 0; k < staging->facts.count; k++) {
      const tr_staged_fact *fact = &staging->facts.items[k];
      said |= is_beside(staging, first, fact) && variable_of(staging, fact)->element == i;
    }
    if (!said) return values->items[i].text;
  }
  return NULL;
}

/* A set is given whole, by those of its values that the case wants in it. */
static void give_set(giving *giving, uint32_t first) {
  const tr_staging *staging = giving->staging;
  const tr_staged_fact *facts = staging->facts.items;
  const char *values = NULL;
  bool known = false;
  for (uint32_t i = 0; i < staging->facts.count; i++) {
    if (!is_beside(staging, &facts[first], &facts[i])) continue;
    if (i < first) return;
    const tr_variable *variable = variable_of(staging, &facts[i]);
    known |= !facts[i].cell.unknown;
    if (facts[i].cell.unknown || facts[i].cell.low == 0) continue;
    const char *name = variable->type->values.items[variable->element].text;
    values = values ? tr_arena_print(staging->arena, "%s, %s", values, name) : name;
  }
  if (known && !values) values = some_other(staging, &facts[first]);
  const tr_variable *set = variable_of(staging, &facts[first]);
  if (values)
    give(giving, field_name(staging, set->entity, set->index),
         tr_arena_print(staging->arena, "(%s)", values));
}

/* A date that lies so many days from the end. */
static void give_date(giving *giving, const tr_staged_fact *fact, const tr_expr *days) {
  const tr_expr *field = days->left;
  if (fact->cell.unknown || field->type->kind != TYPE_DATE) return;
  int64_t off = fact->cell.low / 1000000;
  int64_t day = giving->day + (days->kind == EXPR_DAYS_UNTIL ? off : -off);
  if (day < TR_DATE_MIN_DAYS || day > TR_DATE_MAX_DAYS) return;
  give(giving, field_name(giving->staging, field->entity, field->index),
       tr_show_constant(giving->staging->arena, field->type, day));
}

static void give_fact(giving *giving, uint32_t index) {
  const tr_staging *staging = giving->staging;
  const tr_staged_fact *fact = &staging->facts.items[index];
  const tr_variable *variable = variable_of(staging, fact);
  if (variable->kind == VARIABLE_OTHER) {
    bool days = variable->expr->kind == EXPR_DAYS_UNTIL || variable->expr->kind == EXPR_DAYS_SINCE;
    if (days && variable->expr->left->entity == giving->entity)
      give_date(giving, fact, variable->expr);
    return;
  }
  if (variable->entity != giving->entity) return;
  if (variable->kind == VARIABLE_ELEMENT) give_set(giving, index);
  const char *value =
      variable->kind == VARIABLE_FIELD ? tr_staging_value(staging, &staging->facts, fact) : NULL;
  if (value) give(giving, field_name(staging, variable->entity, variable->index), value);
}

static giving given_of(const tr_staging *staging, uint8_t entity, uint32_t who, int64_t day) {
  giving giving = {.staging = staging, .entity = entity, .who = who, .day = day};
  for (uint32_t i = 0; i < staging->facts.count; i++) {
    if (staging->facts.items[i].who == who) give_fact(&giving, i);
  }
  return giving;
}

/* ---- Lines ----------------------------------------------------------------------------------- */

static const char *const person_names[TR_STAGED_PEOPLE_MAX] = {
    "anna", "ben", "carla", "dirk", "eva", "finn", "greta", "hugo", "ida", "jan", "kim", "lena"};

uint32_t tr_staging_person(tr_staging *staging) {
  return staging->people < TR_STAGED_PEOPLE_MAX ? staging->people++ : TR_NOBODY;
}

const char *tr_staging_account(const tr_staging *staging, int64_t day) {
  const char *given = given_of(staging, ENTITY_ACCOUNT, TR_NOBODY, day).given;
  return given ? tr_arena_print(staging->arena, "  account acme { %s }\n", given) : "";
}

const char *tr_staging_people(const tr_staging *staging, int64_t day) {
  const char *text = "";
  for (uint32_t i = 0; i < staging->people; i++) {
    const char *name = person_names[i];
    const char *person = given_of(staging, ENTITY_PERSON, i, day).given;
    const char *member = given_of(staging, ENTITY_MEMBER, i, day).given;
    if (person)
      text = tr_arena_print(staging->arena, "%s  person acme/%s { %s }\n", text, name, person);
    text = tr_arena_print(staging->arena,
                          member ? "%s  member acme/%s { %s }\n" : "%s  member acme/%s { }\n", text,
                          name, member);
  }
  return text;
}

static bool says_whole(const tr_staging *staging) {
  for (uint32_t i = 0; i < staging->facts.count; i++) {
    const tr_variable *variable = variable_of(staging, &staging->facts.items[i]);
    if (variable->kind == VARIABLE_FIELD && variable->entity == ENTITY_LEAD &&
        strcmp(field_name(staging, ENTITY_LEAD, variable->index), "center_complete") == 0)
      return true;
  }
  return false;
}

const char *tr_staging_lead(const tr_staging *staging, int64_t day, bool whole, const char *stage) {
  giving giving = given_of(staging, ENTITY_LEAD, TR_NOBODY, day);
  if (whole && !says_whole(staging)) give(&giving, "center_complete", "true");
  if (stage) give(&giving, "stage", stage);
  return giving.given ? tr_arena_print(staging->arena, "  lead L1 of acme { %s }\n", giving.given)
                      : "";
}

static const char *time_passes(const tr_staging *staging, const char *text, int64_t ms) {
  if (ms == 0) return text;
  const char *span = tr_show_constant(staging->arena, &tr_type_duration, ms);
  return tr_arena_print(staging->arena, "%s  after %s\n", text, span);
}

static const char *event_line(const tr_staging *staging, const tr_staged_event *event) {
  bool named = event->who != TR_NOBODY;
  return tr_arena_print(staging->arena, "  send %s from acme%s%s for lead L1%s%s%s\n",
                        event->event->name.text, named ? "/" : "",
                        named ? person_names[event->who] : "", event->given ? " { " : "",
                        event->given ? event->given : "", event->given ? " }" : "");
}

/* The oldest that is not told yet: of equal ages in their order. */
static const tr_staged_event *next_event(const tr_staging *staging, const bool *told) {
  const tr_staged_event *next = NULL;
  for (uint32_t i = 0; i < staging->events.count; i++) {
    const tr_staged_event *event = &staging->events.items[i];
    if (!told[i] && (!next || event->age_ms > next->age_ms)) next = event;
  }
  return next;
}

const char *tr_staging_events(const tr_staging *staging) {
  bool told[TR_STAGED_EVENTS_MAX] = {false};
  int64_t age_ms = staging->age_ms;
  const char *text = "";
  for (const tr_staged_event *event; (event = next_event(staging, told));) {
    text = time_passes(staging, text, age_ms - event->age_ms);
    text = tr_arena_print(staging->arena, "%s%s", text, event_line(staging, event));
    told[event - staging->events.items] = true;
    age_ms = event->age_ms;
  }
  return time_passes(staging, text, age_ms);
}
