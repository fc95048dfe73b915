/* check_duty.c - what parties owe: the time allowed, the steps on the way, whose it is to do. */
#include <string.h>

#include "engine/check_clause.h"
#include "engine/limits.h"

/* ---- The time allowed ------------------------------------------------------------------------ */

static void check_is_counted(tr_check *check, const tr_within *within) {
  if (within->calendar.text) return;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_FORM, within->span,
                            "business days are those of a calendar, and none is named");
  tr_diag_help(diag, "Write 'in CALENDAR' instead of 'around the clock'.");
}

static void check_tier(tr_check *check, tr_within *within) {
  tr_scope scope = {.entity = ENTITY_NONE};
  const tr_type *type = tr_check_expr(check, &scope, within->tier, NULL);
  if (type->kind == TYPE_BUSINESS) check_is_counted(check, within);
  if (type->kind == TYPE_DURATION || type->kind == TYPE_BUSINESS || type->kind == TYPE_ERROR)
    return;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, within->tier->span,
                            "'%s' is %s, and a deadline takes a duration",
                            within->tier->name.text ? within->tier->name.text : "this",
                            tr_type_text(check->arena, type));
  tr_diag_help(diag, "Declare it as a duration: 'table NAME of lead duration by …'.");
}

static void check_within(tr_check *check, tr_within *within) {
  if (within->calendar.text) tr_check_counts_by(check, within->calendar);
  if (within->tier)
    check_tier(check, within);
  else if (within->amount_ms < 1)
    tr_report(check->diags, DIAG_OUT_OF_RANGE, within->span, "a deadline allows some time");
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static void check_when(tr_check *check, const tr_clause *clause, const tr_step *step) {
  const tr_within *within = &clause->terms.within;
  if (step->business_days) {
    if (within->business_days) return;
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_FORM, step->span,
                              "a step comes after business days only where these are allowed");
    tr_diag_help(diag, "Say it in per cent of the time allowed.");
    return;
  }
  if (step->percent_millionths <= 0 || step->percent_millionths > 100000000) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, step->span,
              "a step stands at more than 0%% and at most 10000%%");
  }
  if (within->business_days && step->percent_millionths % 1000000 != 0) {
    tr_diag *diag =
        tr_report(check->diags, DIAG_WRONG_FORM, step->span, "business days have no halves");
    tr_diag_help(diag, "Write 'at 1 business day', or use 100%% and its multiples.");
  }
}

/* What is owed `every D` begins anew at 100 %. */
static void check_not_behind(tr_check *check, const tr_clause *clause, const tr_step *step) {
  bool behind = step->business_days ? step->business_days > clause->terms.within.amount_ms
                                    : step->percent_millionths > 1000000;
  if (clause->kind != CLAUSE_OWES || clause->duty->start != START_WHILE || !behind) return;
  tr_diag *diag = tr_report(check->diags, DIAG_OUT_OF_RANGE, step->span,
                            "this step never comes: at 100%% the time begins anew");
  tr_diag_help(diag, "Steps of what is owed 'every' so long stand at 100%% at most.");
}

uint32_t tr_check_hand_to(const tr_agreement *agreement, const tr_clause *clause,
                          const char *party) {
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    const tr_clause *other = agreement->clauses.items[i];
    if (other->kind == CLAUSE_HAND && other != clause && strcmp(other->taker.text, party) == 0 &&
        strcmp(other->from.items[0].text, clause->from.items[0].text) == 0)
      return i;
  }
  return UINT32_MAX;
}

/* Whoever is offered the lead instead has agreed on terms: those of a hand-over of its own. */
static void check_offer(tr_check *check, const tr_agreement *agreement, const tr_clause *clause,
                        const tr_step *step) {
  if (clause->kind != CLAUSE_HAND) {
    tr_report(check->diags, DIAG_WRONG_FORM, step->span,
              "only a hand-over can offer the lead to another party");
    return;
  }
  if (!tr_check_name(check, step->who, SYMBOL_PARTY, SYMBOL_PARTY, "a party")) return;
  bool handed = tr_check_hand_to(agreement, clause, step->who.text) != UINT32_MAX;
  if (handed || !tr_check_is_whole(check)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_MISSING, step->who.span,
                            "no other clause hands '%s' to %s, so nothing says how it is accepted",
                            clause->from.items[0].text, step->who.text);
  tr_diag_help(diag, "Add 'hand %s from %s to %s …' below.", clause->from.items[0].text,
               clause->giver.text, step->who.text);
}

/* Within the party that owes: whoever is offered a lead has nobody for it yet. */
static void check_turn(tr_check *check, const tr_clause *clause, const tr_step *step) {
  if (clause->kind != CLAUSE_OWES) {
    tr_report(check->diags, DIAG_WRONG_FORM, step->span,
              "a lead that is on offer is with nobody of the taker yet");
    return;
  }
  const tr_symbol *symbol = tr_check_name(check, step->who, SYMBOL_TEAM, SYMBOL_TEAM, "a team");
  const tr_team_decl *team = symbol ? symbol->decl : NULL;
  if (!team || strcmp(team->party.text, clause->duty->party.text) == 0) return;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_OWNER, step->who.span,
                            "team '%s' is of %s, and %s owes this", team->name.text,
                            team->party.text, clause->duty->party.text);
  tr_diag_related(diag, team->name.span, "declared here");
}

static void check_step(tr_check *check, const tr_agreement *agreement, const tr_clause *clause,
                       const tr_step *step) {
  check_when(check, clause, step);
  check_not_behind(check, clause, step);
  switch (step->kind) {
    case STEP_ESCALATE:
      tr_check_name(check, step->who, SYMBOL_CONTACT, SYMBOL_CONTACT, "a contact");
      break;
    case STEP_REMIND:
    case STEP_TELL:
      tr_check_name(check, step->who, SYMBOL_PARTY, SYMBOL_CONTACT, "a party or contact");
      break;
    case STEP_RETURN: {
      const tr_stage *stage = tr_check_stage_named(check, step->who);
      if (stage)
        tr_check_bound(check, agreement, stage->owner.text, step->who.span,
                       "gains or loses a lead here");
      tr_check_reason(check, stage, step->reason, step->who.span, NULL, true);
      break;
    }
    case STEP_OFFER: check_offer(check, agreement, clause, step); break;
    case STEP_REASSIGN:
    case STEP_OPEN: check_turn(check, clause, step); break;
  }
}

void tr_check_terms(tr_check *check, const tr_agreement *agreement, tr_clause *clause) {
  tr_terms *terms = &clause->terms;
  tr_scope scope = {.entity = ENTITY_NONE};
  if (terms->within.hours_of_rep && clause->kind != CLAUSE_OWES)
    tr_report(check->diags, DIAG_WRONG_FORM, terms->within.span,
              "who is offered a lead has nobody for it yet: 'hours of rep' is for what is owed");
  check_within(check, &terms->within);
  for (uint32_t i = 0; i < terms->steps.count; i++)
    check_step(check, agreement, clause, &terms->steps.items[i]);
  if (terms->pauses) tr_check_condition(check, &scope, terms->pauses);
  if (terms->pauses && terms->pauses_most_ms == 0)
    tr_report(check->diags, DIAG_OUT_OF_RANGE, terms->pauses->span, "a pause lasts some time");
}

/* ---- Who owes what --------------------------------------------------------------------------- */

/* A party can do only what is its own to do. */
static void check_whose(tr_check *check, const tr_duty_decl *duty, const tr_event_decl *event) {
  if (!event || strcmp(event->by.text, "others") == 0) return;
  bool buyers = strcmp(event->by.text, "buyer") == 0;
  if (!buyers &&
      (strcmp(event->by.text, duty->party.text) == 0 || !tr_check_is_party(check, event->by.text)))
    return;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_OWNER, duty->owed.span,
                            "'%s' is what %s%s does, so %s cannot owe it", duty->owed.text,
                            buyers ? "the " : "", event->by.text, duty->party.text);
  tr_diag_related(diag, event->name.span, "declared here");
}

static void check_owed(tr_check *check, tr_duty_decl *duty, bool is_party) {
  tr_scope scope = {.entity = ENTITY_NONE};
  if (duty->known) {
    tr_check_condition(check, &scope, duty->known);
    return;
  }
  const tr_event_decl *event = tr_check_awaited(check, duty->owed);
  if (is_party) check_whose(check, duty, event);
}

static bool hands_anything(const tr_agreement *agreement) {
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    if (agreement->clauses.items[i]->kind == CLAUSE_HAND) return true;
  }
  return false;
}

static bool assigns_anything(const tr_agreement *agreement) {
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    if (agreement->clauses.items[i]->kind == CLAUSE_ASSIGN) return true;
  }
  return false;
}

static bool is_word(const tr_check *check, tr_name name, const char *word) {
  const tr_symbol *symbol = tr_symbol_find(check->symbols, name);
  return !symbol && strcmp(name.text, word) == 0;
}

static void check_start_at(tr_check *check, const tr_agreement *agreement, tr_duty_decl *duty) {
  if (is_word(check, duty->from, "assignment")) {
    duty->start = START_ASSIGNMENT;
    if (assigns_anything(agreement) || !tr_check_is_whole(check)) return;
    tr_diag *diag = tr_report(check->diags, DIAG_MISSING, duty->from.span,
                              "nobody is given a lead in \"%s\", so there is no assignment",
                              agreement->name.text);
    tr_diag_help(diag, "Add 'assign STAGE to TEAM'.");
    return;
  }
  if (!is_word(check, duty->from, "acceptance")) {
    tr_check_awaited(check, duty->from);
    return;
  }
  duty->from.text = NULL;
  if (hands_anything(agreement) || !tr_check_is_whole(check)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_MISSING, duty->from.span,
                            "nothing is handed over in \"%s\", so there is no acceptance",
                            agreement->name.text);
  tr_diag_help(diag, "Write 'after entering STAGE', or after which signal.");
}

static void check_start(tr_check *check, const tr_agreement *agreement, tr_duty_decl *duty) {
  switch (duty->start) {
    case START_AT: check_start_at(check, agreement, duty); break;
    case START_ASSIGNMENT: break;
    case START_ENTERING: {
      const tr_stage *stage = tr_check_stage_named(check, duty->from);
      if (!stage || (!stage->won && !stage->lost)) break;
      tr_diag *diag =
          tr_report(check->diags, DIAG_CLOSED_STAGE, duty->from.span,
                    "'%s' closes the lead, and with it ends what is owed", stage->name.text);
      tr_diag_related(diag, stage->name.span, "declared here");
      break;
    }
    case START_WHILE: {
      if (duty->owed_while) break;
      tr_diag *diag = tr_report(check->diags, DIAG_MISSING, duty->within.span,
                                "this does not say how long it is owed again and again");
      tr_diag_help(diag, "Write 'while stage = …', for example, behind it.");
      break;
    }
  }
}

/* At which stages the clause is looked at: the one that starts it, or every one of an open lead. */
static void place(tr_check *check, tr_clause *clause) {
  if (clause->duty->start == START_ENTERING) {
    TR_PUSH(check->arena, &clause->from, clause->duty->from);
    return;
  }
  if (check->tree->stages.count == 0) return;
  const tr_stage_list *stages = &check->tree->stages.items[0]->list;
  for (uint32_t i = 0; i < stages->count; i++) {
    if (!stages->items[i].won && !stages->items[i].lost)
      TR_PUSH(check->arena, &clause->from, stages->items[i].name);
  }
}

void tr_check_duty(tr_check *check, const tr_agreement *agreement, tr_clause *clause) {
  tr_duty_decl *duty = clause->duty;
  tr_scope scope = {.entity = ENTITY_NONE};
  bool is_party = tr_check_name(check, duty->party, SYMBOL_PARTY, SYMBOL_PARTY, "a party") != NULL;
  if (is_party)
    tr_check_bound(check, agreement, duty->party.text, duty->party.span, "owes something here");
  check_owed(check, duty, is_party);
  check_start(check, agreement, duty);
  if (duty->owed_while) tr_check_condition(check, &scope, duty->owed_while);
  if (duty->unless) tr_check_condition(check, &scope, duty->unless);
  tr_check_terms(check, agreement, clause);
  place(check, clause);
}
