/* compile_clause.c - agreements and their clauses. */
#include <stdlib.h>
#include <string.h>

#include "engine/beside.h"
#include "engine/check_clause.h"
#include "engine/compile.h"

static uint32_t stage_number(const tr_compile *c, tr_name name) {
  return tr_symbol_find(c->symbols, name)->index;
}

static uint32_t party_number(const tr_compile *c, tr_name name) {
  return tr_type_value(c->symbols->party_type, name.text);
}

/* ---- Clauses --------------------------------------------------------------------------------- */

static const char *join_names(tr_compile *c, const tr_names *names) {
  const char *text = names->items[0].text;
  for (uint32_t i = 1; i < names->count; i++)
    text = tr_arena_print(c->arena, "%s, %s", text, names->items[i].text);
  return text;
}

/* "sales owes first_touch", "marketing owes to know lead.budget, lead.start" */
static const char *duty_text(tr_compile *c, const tr_duty_decl *duty) {
  if (duty->owed.text)
    return tr_arena_print(c->arena, "%s owes %s", duty->party.text, duty->owed.text);
  return tr_arena_print(c->arena, "%s owes to know %s%s", duty->party.text,
                        join_names(c, &duty->facts),
                        duty->of_every_member ? " of every member" : "");
}

/* "sales owes 3 first_touch per week each rep", without its steps */
static const char *quota_text(tr_compile *c, const tr_quota_decl *quota) {
  const tr_sources *sources = &c->check->diags->sources;
  const char *of =
      quota->field.text ? tr_arena_print(c->arena, "of %s of ", quota->field.text) : "";
  return tr_arena_print(c->arena, "%s owes %s %s%s per %s%s", quota->party.text,
                        tr_source_quote(sources, c->arena, quota->amount->span), of,
                        quota->counted.text, quota->per.text, quota->each_rep ? " each rep" : "");
}

/* As written; of a limit without what it stands for while. */
static const char *limit_text(tr_compile *c, const tr_clause *clause) {
  tr_span span = clause->limit->never ? clause->span : clause->limit->head;
  return tr_source_quote(&c->check->diags->sources, c->arena, span);
}

static const char *clause_text(tr_compile *c, const tr_clause *clause) {
  if (clause->kind == CLAUSE_OWES) return duty_text(c, clause->duty);
  if (clause->kind == CLAUSE_QUOTA) return quota_text(c, clause->quota);
  if (clause->kind == CLAUSE_LIMIT) return limit_text(c, clause);
  if (clause->kind == CLAUSE_PLAY)
    return tr_arena_print(c->arena, "play \"%s\"", clause->play->name.text);
  if (clause->kind == CLAUSE_TELL)
    return tr_arena_print(c->arena, "tell %s \"%s\"", clause->who.text, clause->say);
  const char *from = join_names(c, &clause->from);
  switch (clause->kind) {
    case CLAUSE_PROMOTE: return tr_arena_print(c->arena, "promote %s to %s", from, clause->to.text);
    case CLAUSE_HAND:
      return tr_arena_print(c->arena, "hand %s from %s to %s", from, clause->giver.text,
                            clause->taker.text);
    case CLAUSE_ASSIGN: return tr_arena_print(c->arena, "assign %s", from);
    case CLAUSE_REASSIGN: return tr_arena_print(c->arena, "reassign %s", from);
    case CLAUSE_OPEN: return tr_arena_print(c->arena, "open %s", from);
    case CLAUSE_MOVE:
    case CLAUSE_OWES:
    case CLAUSE_QUOTA:
    case CLAUSE_LIMIT:
    case CLAUSE_TELL:
    case CLAUSE_PLAY: break;
  }
  return tr_arena_print(c->arena, "move %s to %s", from, clause->to.text);
}

static uint32_t event_field(const tr_event_decl *event, const char *name) {
  for (uint32_t i = 0; event && i < event->fields.count; i++) {
    if (strcmp(event->fields.items[i].name.text, name) == 0) return i;
  }
  return TR_NONE;
}

/* A reason is a word of the stage, or `event.field`. */
static void compile_reason(tr_name reason, const tr_event_decl *event, const char **word,
                           uint32_t *field) {
  *field = TR_NONE;
  *word = NULL;
  if (!reason.text) return;
  if (strncmp(reason.text, "event.", 6) == 0)
    *field = event_field(event, reason.text + 6);
  else
    *word = reason.text;
}

/* All of one clause are given in one of the two. */
static int by_time(const void *a, const void *b) {
  const tr_step_def *left = a, *right = b;
  if (left->business_days != right->business_days)
    return left->business_days < right->business_days ? -1 : 1;
  if (left->percent_millionths != right->percent_millionths)
    return left->percent_millionths < right->percent_millionths ? -1 : 1;
  return (left->order > right->order) - (left->order < right->order);
}

/* Of business days all steps are counted in days. */
static tr_step_def compile_step(tr_compile *c, const tr_agreement *agreement,
                                const tr_clause *clause, const tr_step *step) {
  const tr_symbol *who = tr_symbol_find(c->symbols, step->who);
  const tr_within *within = &clause->terms.within;
  tr_step_def def = {.kind = step->kind,
                     .percent_millionths = step->percent_millionths,
                     .business_days = (uint32_t)step->business_days,
                     .who = step->who.text,
                     .stage = step->kind == STEP_RETURN ? stage_number(c, step->who) : TR_NONE,
                     .team = TR_NONE,
                     .hand = TR_NONE,
                     .reason = step->reason.text,
                     .say = step->say};
  if (within->business_days && !step->business_days)
    def.business_days = (uint32_t)(within->amount_ms * (step->percent_millionths / 1000000));
  if (step->kind == STEP_OFFER) def.hand = tr_check_hand_to(agreement, clause, step->who.text);
  if (who->kind == SYMBOL_TEAM) def.team = who->index;
  if (who->kind == SYMBOL_CONTACT) def.address = ((const tr_contact *)who->decl)->address;
  return def;
}

static void compile_terms(tr_compile *c, const tr_agreement *agreement, const tr_clause *clause,
                          tr_terms_def *def) {
  const tr_terms *terms = &clause->terms;
  *def = (tr_terms_def){
      .is_there = true,
      .business_days = terms->within.business_days,
      .within = terms->within.amount_ms,
      .hours_of_rep = terms->within.hours_of_rep,
      .inputs = tr_bits_new(c->arena, c->program->input_words),
      .pauses_most_ms = terms->pauses_most_ms < 0 ? INT64_MAX : terms->pauses_most_ms};
  def->tier = tr_compile_code(c, terms->within.tier, NULL, def->inputs);
  def->pauses = tr_compile_code(c, terms->pauses, NULL, def->inputs);
  if (terms->within.calendar.text) {
    const tr_symbol *calendar = tr_symbol_find(c->symbols, terms->within.calendar);
    def->calendar = c->calendars[calendar->index];
    def->calendar_name = calendar->name;
  }
  tr_step_def *steps = TR_NEW_ARRAY(c->arena, tr_step_def, terms->steps.count + 1);
  for (uint32_t i = 0; i < terms->steps.count; i++) {
    steps[i] = compile_step(c, agreement, clause, &terms->steps.items[i]);
    steps[i].order = i;
  }
  qsort(steps, terms->steps.count, sizeof *steps, by_time);
  def->steps = steps;
  def->step_count = terms->steps.count;
}

static uint32_t trigger_or_none(tr_compile *c, tr_name name) {
  return name.text ? tr_compile_trigger(c, name) : TR_NONE;
}

static void compile_hand(tr_compile *c, const tr_agreement *agreement, const tr_clause *clause,
                         tr_clause_def *def) {
  def->act = ACT_OFFER;
  def->giver = party_number(c, clause->giver);
  def->taker = party_number(c, clause->taker);
  def->at_once = clause->at_once;
  def->accepted_to = stage_number(c, clause->accepted_to);
  def->accepted_by = trigger_or_none(c, clause->accepted_by);
  def->rejected_by = trigger_or_none(c, clause->rejected_by);
  def->sent_back_by = trigger_or_none(c, clause->sent_back_by);
  def->sent_until = trigger_or_none(c, clause->sent_until);
  def->rejected_to = def->recycle_to = TR_NONE;
  def->withdrawn_inputs = tr_bits_new(c->arena, c->program->input_words);
  def->withdrawn = tr_compile_code(c, clause->withdrawn, NULL, def->withdrawn_inputs);
  if (clause->rejected_by.text) {
    const tr_event_decl *event =
        tr_check_trigger_event(c->check, tr_symbol_find(c->symbols, clause->rejected_by));
    def->rejected_to = stage_number(c, clause->rejected_to);
    compile_reason(clause->rejected_reason, event, &def->rejected_reason,
                   &def->rejected_reason_field);
    if (!clause->rejected_reason.text) def->rejected_reason_field = event_field(event, "reason");
  }
  if (clause->recycle_to.text) def->recycle_to = stage_number(c, clause->recycle_to);
  def->recycle_ms = clause->recycle_ms;
  if (clause->responds) compile_terms(c, agreement, clause, &def->terms);
}

static void compile_duty(tr_compile *c, const tr_agreement *agreement, const tr_clause *clause,
                         tr_clause_def *def) {
  const tr_duty_decl *decl = clause->duty;
  tr_duty_def *duty = TR_NEW(c->arena, tr_duty_def);
  *duty = (tr_duty_def){.party = party_number(c, decl->party),
                        .name = decl->owed.text ? decl->owed.text : join_names(c, &decl->facts),
                        .signal = trigger_or_none(c, decl->owed),
                        .times = decl->times,
                        .known_inputs = tr_bits_new(c->arena, c->program->input_words),
                        .start = decl->start,
                        .from_signal = TR_NONE,
                        .inputs = tr_bits_new(c->arena, c->program->input_words)};
  if (decl->start == START_AT) duty->from_signal = trigger_or_none(c, decl->from);
  duty->known = tr_compile_code(c, decl->known, NULL, duty->known_inputs);
  duty->owed_while = tr_compile_code(c, decl->owed_while, NULL, duty->inputs);
  duty->unless = tr_compile_code(c, decl->unless, NULL, duty->inputs);
  def->act = ACT_OWE;
  def->duty = duty;
  compile_terms(c, agreement, clause, &def->terms);
}

static void compile_tell(const tr_compile *c, const tr_clause *clause, tr_clause_def *def) {
  const tr_symbol *who = tr_symbol_find(c->symbols, clause->who);
  def->act = ACT_TELL;
  def->who = who->name;
  if (who->kind == SYMBOL_CONTACT) def->address = ((const tr_contact *)who->decl)->address;
  def->say = clause->say;
  def->bit = clause->bit;
}

static void compile_clause(tr_compile *c, const tr_agreement *agreement, const tr_clause *clause,
                           tr_clause_def *def) {
  *def = (tr_clause_def){.kind = clause->kind,
                         .act = ACT_MOVE,
                         .text = clause_text(c, clause),
                         .file = tr_compile_file(c, clause->span),
                         .line = tr_compile_line(c, clause->span),
                         .trigger = clause->trigger,
                         .signal = TR_NONE,
                         .after_ms = clause->after_ms,
                         .to = TR_NONE,
                         .reason_field = TR_NONE,
                         .rejected_reason_field = TR_NONE,
                         .accepted_by = TR_NONE,
                         .rejected_by = TR_NONE,
                         .sent_back_by = TR_NONE,
                         .sent_until = TR_NONE,
                         .recycle_to = TR_NONE,
                         .inputs = tr_bits_new(c->arena, c->program->input_words)};
  const tr_event_decl *event = NULL;
  if (clause->to.text) def->to = stage_number(c, clause->to);
  if (clause->trigger == TRIGGER_ON) {
    event = tr_check_trigger_event(c->check, tr_symbol_find(c->symbols, clause->on.event));
    def->signal = tr_compile_trigger(c, clause->on.event);
    def->awaits = clause->on.event.text;
    def->on_where = tr_compile_code(c, clause->on.where, event, (tr_bits){0});
  }
  def->when = tr_compile_code(c, clause->when, NULL, def->inputs);
  def->reason_tree = tr_compile_reason(c, clause->when);
  tr_compile_keeps(c, clause, def);
  if (clause->kind >= CLAUSE_ASSIGN)
    tr_compile_whoms(c, clause, def);
  else if (clause->kind == CLAUSE_HAND)
    compile_hand(c, agreement, clause, def);
  else if (clause->kind == CLAUSE_OWES)
    compile_duty(c, agreement, clause, def);
  else if (clause->kind == CLAUSE_QUOTA)
    tr_compile_quota(c, clause, def);
  else if (clause->kind == CLAUSE_LIMIT)
    tr_compile_limit_clause(c, clause, def);
  else if (clause->kind == CLAUSE_TELL)
    compile_tell(c, clause, def);
  else if (clause->kind == CLAUSE_PLAY)
    tr_compile_play(c, clause, def);
  else
    compile_reason(clause->reason, event, &def->reason, &def->reason_field);
}

/* ---- Agreements ------------------------------------------------------------------------------ */

static bool looks_at(const tr_clause *clause, const char *stage) {
  for (uint32_t i = 0; i < clause->from.count; i++) {
    if (strcmp(clause->from.items[i].text, stage) == 0) return true;
  }
  return false;
}

static void compile_by_stage(tr_compile *c, const tr_agreement *agreement, tr_agreement_def *def) {
  tr_stage_clauses *by_stage =
      TR_NEW_ARRAY(c->arena, tr_stage_clauses, c->program->stage_count + 1);
  for (uint32_t s = 0; s < c->program->stage_count; s++) {
    TR_LIST(uint32_t) clauses = {0};
    for (uint32_t i = 0; i < agreement->clauses.count; i++) {
      if (looks_at(agreement->clauses.items[i], c->program->stages[s].name))
        TR_PUSH(c->arena, &clauses, i);
    }
    by_stage[s] = (tr_stage_clauses){.clauses = clauses.items, .count = clauses.count};
    if (clauses.count > c->program->clauses_per_stage_max)
      c->program->clauses_per_stage_max = clauses.count;
  }
  def->by_stage = by_stage;
}

/* TR_NONE: only the earlier version has it, which is not here. */
static uint32_t earlier_stage(const tr_compile *c, tr_name name) {
  return tr_symbol_find(c->symbols, name) ? stage_number(c, name) : TR_NONE;
}

static const tr_becomes_def *compile_becomes(tr_compile *c, const tr_agreement *agreement) {
  tr_becomes_def *defs = TR_NEW_ARRAY(c->arena, tr_becomes_def, agreement->stages.count + 1);
  for (uint32_t i = 0; i < agreement->stages.count; i++) {
    const tr_becomes *becomes = &agreement->stages.items[i];
    defs[i] =
        (tr_becomes_def){.from = earlier_stage(c, becomes->from),
                         .to = stage_number(c, becomes->to),
                         .clause = {.text = tr_arena_print(c->arena, "stage %s becomes %s",
                                                           becomes->from.text, becomes->to.text),
                                    .file = tr_compile_file(c, becomes->span),
                                    .line = tr_compile_line(c, becomes->span)}};
  }
  return defs;
}

static const treaty_party *compile_parties(tr_compile *c, const tr_agreement *agreement) {
  treaty_party *parties = TR_NEW_ARRAY(c->arena, treaty_party, agreement->parties.count + 1);
  for (uint32_t i = 0; i < agreement->parties.count; i++) {
    parties[i].name = agreement->parties.items[i].text;
    for (uint32_t k = 0; k < agreement->signatures.count; k++) {
      const tr_signature *signature = &agreement->signatures.items[k];
      if (strcmp(signature->party.text, parties[i].name) != 0) continue;
      parties[i].signed_by = signature->who;
      parties[i].signed_day = signature->day;
    }
  }
  return parties;
}

static tr_stage_clauses clauses_that(tr_compile *c, const tr_agreement_def *agreement,
                                     tr_clause_act act) {
  TR_LIST(uint32_t) clauses = {0};
  for (uint32_t i = 0; i < agreement->clause_count; i++) {
    if (agreement->clauses[i].act == act) TR_PUSH(c->arena, &clauses, i);
  }
  return (tr_stage_clauses){.clauses = clauses.items, .count = clauses.count};
}

static void compile_force(const tr_part *part, const tr_agreement *agreement,
                          tr_agreement_def *def) {
  def->taken_ms = part->taken_ms;
  def->from_ms = def->to_ms = INT64_MAX;                 /* never, in shadow */
  bool whole = part->in_shadow || !agreement->has_force; /* and not only before its day */
  def->shadow_until_ms = whole                  ? INT64_MAX
                         : agreement->in_shadow ? tr_zone_day_start(part->zone, agreement->from_day)
                                                : INT64_MIN;
  if (!tr_beside_is_there(part, agreement)) return;
  def->from_ms = tr_beside_force_ms(part, agreement);
  if (agreement->to_day != INT64_MAX)
    def->to_ms = tr_zone_day_start(part->zone, agreement->to_day + 1);
}

static void compile_agreement(tr_compile *c, const tr_agreement *agreement, tr_agreement_def *def) {
  *def = (tr_agreement_def){.name = agreement->name.text,
                            .version = (uint32_t)agreement->version,
                            .otherwise = agreement->otherwise,
                            .from_day = agreement->from_day,
                            .to_day = agreement->to_day,
                            .catching_up = agreement->catching_up,
                            .ask_after_ms = agreement->ask_after_ms,
                            .becomes = compile_becomes(c, agreement),
                            .becomes_count = agreement->stages.count,
                            .parties = compile_parties(c, agreement),
                            .party_count = agreement->parties.count,
                            .clause_count = agreement->clauses.count,
                            .file = tr_compile_file(c, agreement->name.span),
                            .line = tr_compile_line(c, agreement->name.span)};
  def->part = tr_part_of(c->symbols, agreement->name.span);
  compile_force(&c->symbols->parts[def->part], agreement, def);
  def->applies = tr_compile_code(c, agreement->applies, NULL, c->program->applies_inputs);
  def->applies_reason = tr_compile_reason(c, agreement->applies);
  tr_clause_def *clauses = TR_NEW_ARRAY(c->arena, tr_clause_def, agreement->clauses.count + 1);
  def->clauses = clauses;
  for (uint32_t i = 0; i < agreement->clauses.count; i++)
    compile_clause(c, agreement, agreement->clauses.items[i], &clauses[i]);
  compile_by_stage(c, agreement, def);
  def->limits = clauses_that(c, def, ACT_LIMIT);
  def->tells = clauses_that(c, def, ACT_TELL);
  def->plays = clauses_that(c, def, ACT_PLAY);
  tr_compile_powers(c, agreement, def);
  c->program->asks |= def->ask_after_ms > 0;
}

/* Events that something at a lead waits for: when no lead is open for one, that is said. */
static void mark_for_lead(tr_compile *c, uint32_t signal) {
  if (signal == TR_NONE) return;
  for (uint32_t i = 0; i < c->program->event_count; i++) {
    tr_event_def *event = (tr_event_def *)&c->program->events[i];
    if (signal == c->program->signal_count + i) event->for_lead = true;
    for (uint32_t k = 0; k < event->firing_count; k++)
      event->for_lead |= event->firings[k].signal == signal;
  }
}

/* Which of the others are of the same name, and newer. */
static void relate_versions(tr_compile *c, tr_agreement_def *agreements, uint32_t index) {
  TR_LIST(uint32_t) newer = {0};
  tr_agreement_def *agreement = &agreements[index];
  agreement->first = index;
  for (uint32_t i = 0; i < c->program->agreement_count; i++) {
    if (strcmp(agreements[i].name, agreement->name) != 0) continue;
    if (i < agreement->first) agreement->first = i;
    if (agreements[i].version > agreement->version) TR_PUSH(c->arena, &newer, i);
  }
  agreement->newer = newer.items;
  agreement->newer_count = newer.count;
}

void tr_compile_agreements(tr_compile *c) {
  const tr_tree *tree = c->symbols->tree;
  tr_agreement_def *agreements =
      TR_NEW_ARRAY(c->arena, tr_agreement_def, tree->agreements.count + 1);
  tr_compile_calendars(c);
  tr_compile_people(c);
  c->program->applies_inputs = tr_bits_new(c->arena, c->program->input_words);
  c->program->agreements = agreements;
  c->program->agreement_count = tree->agreements.count;
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    compile_agreement(c, tree->agreements.items[i], &agreements[i]);
    for (uint32_t k = 0; k < agreements[i].clause_count; k++) {
      const tr_clause_def *clause = &agreements[i].clauses[k];
      mark_for_lead(c, clause->signal);
      mark_for_lead(c, clause->accepted_by);
      mark_for_lead(c, clause->rejected_by);
      mark_for_lead(c, clause->sent_back_by);
      mark_for_lead(c, clause->sent_until);
      agreements[i].assigns |= clause->act == ACT_ASSIGN;
      if (clause->quota) mark_for_lead(c, clause->quota->signal);
      if (!clause->duty) continue;
      agreements[i].owes = true;
      mark_for_lead(c, clause->duty->signal);
      mark_for_lead(c, clause->duty->from_signal);
    }
  }
  for (uint32_t i = 0; i < tree->agreements.count; i++) relate_versions(c, agreements, i);
  tr_compile_quotas(c);
}
