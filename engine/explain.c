/* explain.c - leads as others see them, and why not yet: what each clause waits for, down to the
 * facts. Reads only; what it gives lives in the step's arena. */
#include "engine/explain.h"

#include <string.h>

#include "engine/deadline.h"
#include "engine/people.h"
#include "engine/symbols.h"

/* ---- Leads ----------------------------------------------------------------------------------- */

static const tr_clause_def *offer_clause(const treaty_engine *engine, const tr_lead *lead) {
  return &engine->program->agreements[lead->agreement].clauses[lead->offer->clause];
}

static const treaty_handover *show_offer(treaty_engine *engine, const tr_lead *lead) {
  if (!lead->offer) return NULL;
  const tr_clause_def *clause = offer_clause(engine, lead);
  const tr_deadline *clock = &lead->offer->clock;
  treaty_handover *shown = TR_NEW(&engine->step, treaty_handover);
  *shown =
      (treaty_handover){.to = engine->program->parties[clause->taker],
                        .file = clause->file,
                        .line = clause->line,
                        .calendar = clause->terms.calendar_name,
                        .offered_ms = clock->started_ms,
                        .due_ms = tr_deadline_due(clock),
                        .breached = clock->broken,
                        .paused = tr_deadline_is_paused(clock),
                        .open_ms = tr_deadline_open_ms(&clause->terms, clock, engine->clock_ms)};
  return shown;
}

/* Of `phase` and of a phase itself: how it was entered. NULL: neither. */
static const char *phase_value(const treaty_engine *engine, const tr_lead *lead, const char *name) {
  static const char *const standings[] = {
      [PHASE_AHEAD] = "still ahead", [PHASE_INFERRED] = "inferred", [PHASE_OBSERVED] = "observed"};
  const tr_type *type = engine->program->phase_type;
  if (!type) return NULL;
  if (strcmp(name, "phase") == 0) return type->values.items[tr_phase_now(engine, lead)].text;
  uint32_t phase = tr_type_value(type, name);
  return phase == UINT32_MAX ? NULL : standings[tr_phase_stands(engine, lead, phase)];
}

static const treaty_hold *show_hold(treaty_engine *engine, const tr_lead *lead) {
  if (!lead->hold) return NULL;
  const tr_power_def *power =
      &engine->program->agreements[lead->hold->agreement].powers[lead->hold->power];
  treaty_hold *shown = TR_NEW(&engine->step, treaty_hold);
  *shown = (treaty_hold){.party = engine->program->parties[power->party],
                         .file = power->act.file,
                         .line = power->act.line,
                         .since_ms = lead->hold->since_ms,
                         .until_ms = lead->hold->until_ms};
  return shown;
}

static treaty_lead show_lead(treaty_engine *engine, const tr_account *account,
                             const tr_lead *lead) {
  const treaty_program *program = engine->program;
  const tr_stage_def *stage = &program->stages[lead->stage];
  treaty_lead shown = {.account = tr_id_text(account->id),
                       .id = tr_id_text(lead->id),
                       .ordinal = lead->ordinal,
                       .stage = stage->name,
                       .owner = program->parties[stage->owner],
                       .rep = tr_people_id(engine, lead->rep),
                       .opened_ms = lead->opened_ms,
                       .stage_since_ms = lead->stage_since_ms,
                       .clock_ms = engine->clock_ms,
                       .closed = lead->closed,
                       .won = lead->closed && stage->won,
                       .lost = lead->closed && stage->lost,
                       .handover = show_offer(engine, lead),
                       .hold = show_hold(engine, lead)};
  if (program->phase_type) shown.phase = phase_value(engine, lead, "phase");
  if (lead->agreement != TR_NONE) {
    shown.agreement = program->agreements[lead->agreement].name;
    shown.version = program->agreements[lead->agreement].version;
  }
  return shown;
}

/* false: no memory. */
static bool look_at_lead(treaty_engine *engine, const tr_account *account, const tr_lead *lead,
                         treaty_lead *shown) {
  LOOK(engine, false)
  *shown = show_lead(engine, account, lead);
  engine->memory.on_failure = NULL;
  return true;
}

void treaty_engine_leads(treaty_engine *engine,
                         void (*visit)(void *context, const treaty_lead *lead), void *context) {
  for (uint32_t i = 0; i < engine->account_count; i++) {
    for (const tr_lead *lead = engine->accounts[i]->leads; lead; lead = lead->next) {
      treaty_lead shown;
      if (!look_at_lead(engine, engine->accounts[i], lead, &shown)) return;
      visit(context, &shown);
    }
  }
}

static const treaty_lead *show_account(treaty_engine *engine, const tr_account *account,
                                       size_t *count) {
  treaty_lead *shown = TR_NEW_ARRAY(&engine->step, treaty_lead, account->lead_count + 1);
  for (const tr_lead *lead = account->leads; lead; lead = lead->next) {
    shown[(*count)++] = show_lead(engine, account, lead);
  }
  return shown;
}

const treaty_lead *treaty_engine_account(treaty_engine *engine, treaty_text id, size_t *count) {
  *count = 0;
  const tr_account *account = tr_account_find(engine, id.bytes, id.length);
  if (!account) return NULL;
  LOOK(engine, NULL)
  const treaty_lead *shown = show_account(engine, account, count);
  engine->memory.on_failure = NULL;
  return shown;
}

const tr_lead *tr_lead_shown(const treaty_engine *engine, const treaty_lead *shown,
                             const tr_account **account) {
  *account = tr_account_find(engine, shown->account.bytes, shown->account.length);
  return *account ? tr_lead_find(*account, shown->id.bytes, shown->id.length) : NULL;
}

/* ---- Values ---------------------------------------------------------------------------------- */

/* What a name stands for: a value of a type, or just a word. */
typedef struct named {
  const tr_type *type; /* NULL: no value */
  tr_value value;
  const char *word;
} named;

static named field_value(treaty_engine *engine, tr_view view, tr_entity entity, const char *bare) {
  const tr_entity_def *def = &engine->program->entities[entity];
  for (uint32_t i = 0; i < def->field_count; i++) {
    if (strcmp(def->fields[i].bare, bare) != 0) continue;
    tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
    tr_value value = tr_field_value(&eval, &def->fields[i], tr_view_state(view, entity));
    return (named){.type = def->fields[i].type, .value = value};
  }
  return (named){0};
}

/* Names mean what they mean in the treaty that governs the lead. */
static uint32_t part_of(const treaty_engine *engine, tr_view view) {
  return (uint32_t)(tr_lead_part(engine, view.lead) - engine->program->parts);
}

static named declared_value(treaty_engine *engine, tr_view view, const char *name) {
  static const tr_type number = {.kind = TYPE_NUMBER};
  const treaty_program *program = engine->program;
  const tr_symbol *symbol = tr_symbol_in(program->symbols, part_of(engine, view), name);
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  if (!symbol) return (named){0};
  switch (symbol->kind) {
    case SYMBOL_CRITERION: {
      int stand =
          view.lead ? view.lead->stands[program->criteria[symbol->index].stand] : STAND_UNKNOWN;
      return (named){.word = stand == STAND_TRUE    ? "met"
                             : stand == STAND_FALSE ? "not met"
                                                    : "open"};
    }
    case SYMBOL_SCORE: {
      const tr_score_def *score = &program->scores[symbol->index];
      if (!tr_view_state(view, score->entity)) return (named){0};
      return (named){.type = &number, .value = tr_score_read(&eval, score, view)};
    }
    case SYMBOL_DEFINE: {
      const tr_define_def *define = &program->defines[symbol->index];
      if (!tr_view_state(view, define->entity)) return (named){0};
      return (named){.type = define->type, .value = tr_evaluate(&eval, &define->code, view)};
    }
    default: return (named){0};
  }
}

static named kept_value(treaty_engine *engine, tr_view view, const char *name) {
  const treaty_program *program = engine->program;
  for (uint32_t i = 0; i < program->kept_count; i++) {
    if (strcmp(program->kept[i].name, name) == 0)
      return (named){.type = program->kept[i].type, .value = tr_kept_now(i, view)};
  }
  return (named){0};
}

static named qualified_value(treaty_engine *engine, tr_view view, const char *name,
                             const char *dot) {
  named found = view.lead ? kept_value(engine, view, name) : (named){0};
  for (int entity = 0; !found.type && entity < TR_ENTITIES; entity++) {
    size_t length = strlen(tr_entity_names[entity]);
    if ((size_t)(dot - name) == length && memcmp(name, tr_entity_names[entity], length) == 0)
      found = field_value(engine, view, (tr_entity)entity, dot + 1);
  }
  return found;
}

static named bare_value(treaty_engine *engine, tr_view view, const char *name) {
  static const tr_entity order[] = {ENTITY_MEMBER, ENTITY_PERSON, ENTITY_LEAD, ENTITY_ACCOUNT};
  named found = {0};
  for (size_t i = 0; !found.type && i < sizeof order / sizeof *order; i++) {
    bool personal = order[i] == ENTITY_MEMBER || order[i] == ENTITY_PERSON;
    if (!personal || view.person) found = field_value(engine, view, order[i], name);
  }
  return found;
}

static const tr_type rep_type = {.kind = TYPE_REP};

/* What is there of a lead without a declaration. */
static named predefined_value(treaty_engine *engine, tr_view view, const char *name) {
  const treaty_program *program = engine->program;
  if (!view.lead) return (named){0};
  const tr_stage_def *stage = &program->stages[view.lead->stage];
  if (strcmp(name, "stage") == 0) return (named){.word = stage->name};
  if (strcmp(name, "owner") == 0) return (named){.word = program->parties[stage->owner]};
  if (strcmp(name, "rep") == 0)
    return (named){.type = &rep_type, .value = tr_people_rep(engine, view.lead)};
  if (strcmp(name, "won") == 0) return (named){.word = stage->won ? "true" : "false"};
  if (program->phase_type && strcmp(name, "phase") == 0) {
    return (named){.type = program->phase_type,
                   .value = tr_known_value(tr_phase_now(engine, view.lead))};
  }
  return (named){.word = phase_value(engine, view.lead, name)};
}

static named find_named(treaty_engine *engine, tr_view view, const char *name) {
  const char *dot = strchr(name, '.');
  const tr_symbol *symbol = tr_symbol_in(engine->program->symbols, part_of(engine, view), name);
  if (symbol && symbol->kind == SYMBOL_CRITERION) return declared_value(engine, view, name);
  named found = dot ? qualified_value(engine, view, name, dot) : (named){0};
  const char *bare = strncmp(name, "lead.", 5) == 0 ? dot + 1 : name;
  if (!found.type) found = predefined_value(engine, view, bare);
  if (!found.type && !found.word && !dot) found = bare_value(engine, view, name);
  return found.type || found.word ? found : declared_value(engine, view, bare);
}

const char *tr_value_named(treaty_engine *engine, tr_view view, const char *name) {
  named found = find_named(engine, view, name);
  return found.type ? tr_show(engine, &engine->step, found.type, found.value) : found.word;
}

tr_value tr_number_named(treaty_engine *engine, tr_view view, const char *name) {
  return find_named(engine, view, name).value;
}

const char *treaty_engine_value(treaty_engine *engine, const treaty_lead *shown, const char *name) {
  const tr_account *account;
  const tr_lead *lead = tr_lead_shown(engine, shown, &account);
  if (!lead) return NULL;
  LOOK(engine, NULL)
  const char *value = tr_value_named(engine, (tr_view){.account = account, .lead = lead}, name);
  engine->memory.on_failure = NULL;
  return value;
}

/* ---- Conditions ------------------------------------------------------------------------------ */

static const char *facts_text(treaty_engine *engine, const tr_trace *trace) {
  const char *text = NULL;
  for (uint32_t i = 0; i < trace->facts.count; i++) {
    const treaty_because *fact = &trace->facts.items[i];
    const char *one =
        fact->person.bytes
            ? tr_arena_print(&engine->step, "%s of %.*s is %s", fact->name,
                             (int)fact->person.length, fact->person.bytes, fact->value)
            : tr_arena_print(&engine->step, "%s is %s", fact->name, fact->value);
    text = text ? tr_arena_print(&engine->step, "%s, %s", text, one) : one;
  }
  return text;
}

static treaty_condition show_condition(tr_eval *eval, const tr_reason *reason, tr_view view) {
  treaty_engine *engine = eval->engine;
  treaty_condition shown = {.text = reason->text,
                            .truth = TREATY_TRUE,
                            .part_count = reason->part_count,
                            .needed = reason->needed};
  if (!reason->text) return shown;
  tr_trace trace = {0};
  eval->trace = reason->part_count == 0 && reason->criterion == TR_NONE ? &trace : NULL;
  shown.truth = tr_evaluate_truth(eval, &reason->code, view);
  eval->trace = NULL;
  shown.value = facts_text(engine, &trace);
  shown.facts = trace.facts.items;
  shown.fact_count = trace.facts.count;
  const tr_reason *parts = reason->parts;
  if (reason->criterion != TR_NONE) {
    const tr_criterion_def *criterion = &engine->program->criteria[reason->criterion];
    parts = &criterion->met_reason;
    shown.criterion = criterion->name;
    shown.question = criterion->question;
    shown.part_count = shown.needed = 1;
    shown.value = shown.truth == TREATY_TRUE    ? "met"
                  : shown.truth == TREATY_FALSE ? "not met"
                                                : "open";
  }
  treaty_condition *shown_parts =
      TR_NEW_ARRAY(&engine->step, treaty_condition, shown.part_count + 1);
  for (size_t i = 0; i < shown.part_count; i++)
    shown_parts[i] = show_condition(eval, &parts[i], view);
  shown.parts = shown_parts;
  return shown;
}

static void show_clause(treaty_engine *engine, tr_view view, const tr_clause_def *clause,
                        uint32_t index, treaty_outlook *shown) {
  const treaty_program *program = engine->program;
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  *shown = (treaty_outlook){.clause = clause->text,
                            .file = clause->file,
                            .line = clause->line,
                            .awaits = clause->awaits,
                            .time_ms = TREATY_NEVER};
  shown->to = clause->act == ACT_OFFER ? program->parties[clause->taker]
              : clause->act == ACT_OWE ? program->parties[clause->duty->party]
                                       : program->stages[clause->to].name;
  shown->condition = show_condition(&eval, &clause->reason_tree, view);
  shown->time_ms = eval.until_ms;
  if (clause->trigger == TRIGGER_ON) shown->time_ms = tr_signal_due(engine, view, clause->signal);
  if (clause->trigger == TRIGGER_AFTER) shown->time_ms = tr_after_due(view.lead, clause);
  const tr_offer *offer = view.lead->offer;
  if (!offer || offer->clause != index) return;
  shown->time_ms = offer->clock.next_ms;
  shown->awaits = tr_trigger_name(program, clause->accepted_by);
  if (clause->rejected_by != TR_NONE) {
    shown->awaits = tr_arena_print(&engine->step, "%s or %s", shown->awaits,
                                   tr_trigger_name(program, clause->rejected_by));
  }
}

treaty_outlook tr_show_clause(treaty_engine *engine, tr_view view,
                              const tr_agreement_def *agreement, uint32_t clause) {
  treaty_outlook shown;
  show_clause(engine, view, &agreement->clauses[clause], clause, &shown);
  return shown;
}

treaty_outlook tr_show_power(treaty_engine *engine, tr_view view, const tr_power_def *power) {
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  treaty_outlook shown = {.clause = power->act.text,
                          .file = power->act.file,
                          .line = power->act.line,
                          .to = engine->program->stages[power->act.to].name,
                          .condition = show_condition(&eval, &power->act.reason_tree, view)};
  shown.time_ms = eval.until_ms;
  return shown;
}

treaty_outlook tr_show_agreement(treaty_engine *engine, tr_view view,
                                 const tr_agreement_def *agreement) {
  tr_eval eval = {.engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER};
  treaty_outlook shown = {.clause = tr_arena_print(&engine->step, "agreement \"%s\" version %u",
                                                   agreement->name, agreement->version),
                          .file = agreement->file,
                          .line = agreement->line,
                          .to = agreement->name,
                          .condition = show_condition(&eval, &agreement->applies_reason, view)};
  if (agreement->otherwise) shown.awaits = "it to be known that no other agreement applies";
  shown.time_ms = agreement->from_ms > engine->clock_ms ? agreement->from_ms : eval.until_ms;
  return shown;
}

/* Without an agreement: what each waits for before it applies. */
static const treaty_outlook *show_agreements(treaty_engine *engine, tr_view view, size_t *count) {
  const treaty_program *program = engine->program;
  treaty_outlook *shown = TR_NEW_ARRAY(&engine->step, treaty_outlook, program->agreement_count + 1);
  for (uint32_t i = 0; i < program->agreement_count; i++)
    if (tr_may_yet_govern(engine, i))
      shown[(*count)++] = tr_show_agreement(engine, view, &program->agreements[i]);
  return shown;
}

/* Of hand-overs of a stage the first that is not ruled out stands in front of those below it; an
 * open offer in front of all others. */
static void show_behind(const tr_clause_def *front, bool offered, treaty_outlook *shown) {
  if (!front) return;
  shown->behind = front->text;
  shown->behind_file = front->file;
  shown->behind_line = front->line;
  shown->behind_offer = offered;
}

static const treaty_outlook *show_outlook(treaty_engine *engine, tr_view view, size_t *count) {
  const treaty_program *program = engine->program;
  if (view.lead->closed) return NULL;
  if (view.lead->agreement == TR_NONE) return show_agreements(engine, view, count);
  const tr_agreement_def *agreement = &program->agreements[view.lead->agreement];
  const tr_stage_clauses *clauses = &agreement->by_stage[view.lead->stage];
  treaty_outlook *shown = TR_NEW_ARRAY(&engine->step, treaty_outlook, clauses->count + 1);
  const tr_clause_def *offered = view.lead->offer ? offer_clause(engine, view.lead) : NULL,
                      *front = offered;
  for (uint32_t i = 0; i < clauses->count; i++) {
    const tr_clause_def *clause = &agreement->clauses[clauses->clauses[i]];
    treaty_outlook *one = &shown[*count];
    if (clause->act > ACT_OFFER) continue;
    show_clause(engine, view, clause, clauses->clauses[i], one);
    ++*count;
    if (clause->act != ACT_OFFER || clause == offered) continue;
    show_behind(front, offered != NULL, one);
    if (!front && one->condition.truth != TREATY_FALSE) front = clause;
  }
  return shown;
}

const treaty_outlook *treaty_engine_outlook(treaty_engine *engine, const treaty_lead *shown,
                                            size_t *count) {
  const tr_account *account;
  const tr_lead *lead = tr_lead_shown(engine, shown, &account);
  *count = 0;
  if (!lead) return NULL;
  LOOK(engine, NULL)
  const treaty_outlook *outlook =
      show_outlook(engine, (tr_view){.account = account, .lead = lead}, count);
  engine->memory.on_failure = NULL;
  return outlook;
}

/* ---- What is owed ---------------------------------------------------------------------------- */

static const char *calendar_name(const treaty_program *program, const tr_calendar *calendar) {
  for (uint32_t i = 0; calendar && i < program->calendar_count; i++)
    if (program->calendars[i].calendar == calendar) return program->calendars[i].name;
  return NULL;
}

static treaty_duty show_duty(const treaty_engine *engine, const tr_duty *duty) {
  const treaty_program *program = engine->program;
  const tr_agreement_def *agreement = &program->agreements[duty->agreement];
  const tr_clause_def *clause = &agreement->clauses[duty->clause];
  treaty_duty shown = {.agreement = agreement->name,
                       .version = agreement->version,
                       .file = clause->file,
                       .line = clause->line,
                       .started_ms = duty->clock.started_ms};
  if (!clause->duty) {
    shown.to = program->stages[clause->recycle_to].name;
    shown.due_ms = duty->clock.next_ms;
    return shown;
  }
  shown.party = program->parties[clause->duty->party];
  shown.owed = clause->duty->name;
  shown.calendar = clause->terms.hours_of_rep ? calendar_name(program, duty->clock.rarely->hours)
                                              : clause->terms.calendar_name;
  shown.due_ms = tr_deadline_due(&duty->clock);
  shown.open_ms = tr_deadline_open_ms(&clause->terms, &duty->clock, engine->clock_ms);
  shown.done = duty->done;
  shown.times = clause->duty->times;
  shown.broken = duty->clock.broken;
  shown.paused = tr_deadline_is_paused(&duty->clock);
  return shown;
}

const treaty_duty *treaty_engine_duties(treaty_engine *engine, const treaty_lead *shown,
                                        size_t *count) {
  const tr_account *account;
  const tr_lead *lead = tr_lead_shown(engine, shown, &account);
  *count = 0;
  if (!lead) return NULL;
  LOOK(engine, NULL)
  TR_LIST(treaty_duty) duties = {0};
  for (const tr_duty *duty = lead->duties; duty; duty = duty->next) {
    treaty_duty one = show_duty(engine, duty);
    TR_PUSH(&engine->step, &duties, one);
  }
  engine->memory.on_failure = NULL;
  *count = duties.count;
  return duties.items;
}

/* ---- Hours ----------------------------------------------------------------------------------- */

static const treaty_stretch *show_hours(treaty_engine *engine, const tr_calendar *calendar,
                                        int64_t from_ms, int64_t to_ms, size_t *count) {
  TR_LIST(treaty_stretch) shown = {0};
  tr_calendar_walk walk;
  tr_stretch stretch;
  if (to_ms <= from_ms) return NULL;
  if (!calendar) {
    treaty_stretch all = {.from_ms = from_ms, .to_ms = to_ms, .open = true};
    TR_PUSH(&engine->step, &shown, all);
  } else {
    tr_calendar_walk_init(&walk, calendar, from_ms, to_ms);
    while (tr_calendar_walk_next(&walk, &stretch)) {
      treaty_stretch one = {.from_ms = stretch.from_ms,
                            .to_ms = stretch.to_ms,
                            .open = stretch.kind == TR_STRETCH_OPEN};
      if (stretch.kind == TR_STRETCH_OUTSIDE_HOURS) one.why = "outside hours";
      if (stretch.kind == TR_STRETCH_CLOSED_DAY) {
        char day[TR_TIME_TEXT_BYTES];
        tr_format_date(stretch.closed_day, day);
        const char *name = tr_calendar_day_name(calendar, stretch.closed_day);
        one.why =
            tr_arena_print(&engine->step, name ? "closed on %s, %s" : "closed on %s", day, name);
      }
      TR_PUSH(&engine->step, &shown, one);
    }
  }
  *count = shown.count;
  return shown.items;
}

const treaty_stretch *treaty_engine_stretches(treaty_engine *engine, const treaty_lead *shown,
                                              size_t *count) {
  const tr_account *account;
  const tr_lead *lead = tr_lead_shown(engine, shown, &account);
  *count = 0;
  if (!lead || !lead->offer) return NULL;
  LOOK(engine, NULL)
  const treaty_stretch *hours = show_hours(engine, offer_clause(engine, lead)->terms.calendar,
                                           lead->offer->clock.started_ms, engine->clock_ms, count);
  engine->memory.on_failure = NULL;
  return hours;
}

static bool stands_at(const tr_clause_def *clause, const char *file, uint32_t line) {
  return clause->line == line && strcmp(clause->file, file) == 0;
}

/* Of whichever version: what runs stays with the one that began it. */
static const tr_clause_def *decision_clause(const treaty_program *program,
                                            const treaty_decision *decision) {
  for (uint32_t i = 0; decision->file && i < program->agreement_count; i++) {
    const tr_agreement_def *agreement = &program->agreements[i];
    for (uint32_t k = 0; k < agreement->clause_count; k++)
      if (stands_at(&agreement->clauses[k], decision->file, decision->line))
        return &agreement->clauses[k];
  }
  return NULL;
}

const char *treaty_program_clause(const treaty_program *program, const char *file, uint32_t line) {
  for (uint32_t i = 0; i < program->agreement_count; i++) {
    const tr_agreement_def *agreement = &program->agreements[i];
    for (uint32_t k = 0; k < agreement->clause_count; k++)
      if (stands_at(&agreement->clauses[k], file, line)) return agreement->clauses[k].text;
    for (uint32_t k = 0; k < agreement->power_count; k++)
      if (stands_at(&agreement->powers[k].act, file, line)) return agreement->powers[k].act.text;
  }
  return NULL;
}

static const tr_calendar *hours_of(const treaty_engine *engine, treaty_text rep) {
  uint32_t number = rep.bytes ? tr_people_find(engine, rep) : TR_NONE;
  return number == TR_NONE ? NULL : engine->reps[number].hours;
}

const treaty_stretch *treaty_engine_hours(treaty_engine *engine, const treaty_decision *decision,
                                          treaty_text rep, int64_t to_ms, size_t *count) {
  const tr_clause_def *clause = decision_clause(engine->program, decision);
  *count = 0;
  if (!clause || (clause->act != ACT_OFFER && clause->act != ACT_OWE)) return NULL;
  const tr_terms_def *terms = &clause->terms;
  const tr_calendar *calendar = terms->hours_of_rep ? hours_of(engine, rep) : terms->calendar;
  LOOK(engine, NULL)
  const treaty_stretch *hours = show_hours(engine, calendar, decision->offered_ms, to_ms, count);
  engine->memory.on_failure = NULL;
  return hours;
}

const char *tr_criterion_why(treaty_engine *engine, tr_arena *arena, uint32_t index, tr_view view) {
  const tr_criterion_def *criterion = &engine->program->criteria[index];
  tr_trace trace = {0};
  tr_eval eval = {
      .engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER, .trace = &trace};
  tr_evaluate(&eval, &criterion->met, view);
  if (criterion->has_unmet) tr_evaluate(&eval, &criterion->unmet, view);
  const char *facts = facts_text(engine, &trace);
  return facts ? tr_arena_print(arena, ": %s", facts) : "";
}
