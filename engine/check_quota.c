/* check_quota.c - `P owes N STAGE | N SIGNAL | SUM per month [each rep]`: what is counted, in which
 * periods, and the steps on the way. */
#include <string.h>

#include "engine/check_clause.h"

/* ---- How much, of what ----------------------------------------------------------------------- */

static const char *const periods[] = {
    [PERIOD_WEEK] = "week", [PERIOD_MONTH] = "month", [PERIOD_QUARTER] = "quarter"};

#define PERIOD_COUNT (sizeof periods / sizeof *periods)

static void check_period(tr_check *check, tr_quota_decl *quota) {
  for (size_t i = 0; i < PERIOD_COUNT; i++) {
    if (strcmp(periods[i], quota->per.text) != 0) continue;
    quota->period = (tr_period)i;
    return;
  }
  tr_diag *diag =
      tr_report(check->diags, DIAG_UNKNOWN_VALUE, quota->per.span,
                "a quota is owed per week, month or quarter, not per '%s'", quota->per.text);
  tr_diag_help(diag, "Write 'per week', 'per month' or 'per quarter'.");
}

static void check_number(tr_check *check, const tr_quota_decl *quota) {
  const tr_expr *amount = quota->amount;
  if (amount->number % 1000000 == 0 && amount->number > 0) return;
  tr_report(check->diags, DIAG_OUT_OF_RANGE, amount->span,
            "so many are owed: a whole number from 1 on");
}

/* A stage, or an event or signal. */
static const tr_symbol *check_counted(tr_check *check, const tr_quota_decl *quota) {
  const tr_symbol *symbol = tr_symbol_find(check->symbols, quota->counted);
  if (symbol && symbol->kind == SYMBOL_STAGE && !quota->field.text) return symbol;
  if (symbol && (symbol->kind == SYMBOL_SIGNAL || symbol->kind == SYMBOL_EVENT)) {
    tr_check_use_trigger(check, symbol);
    return symbol;
  }
  return tr_check_name(check, quota->counted, SYMBOL_EVENT,
                       quota->field.text ? SYMBOL_SIGNAL : SYMBOL_STAGE,
                       quota->field.text ? "an event or signal" : "a stage, signal or event");
}

static const tr_type *field_type(tr_check *check, tr_quota_decl *quota,
                                 const tr_event_decl *event) {
  const char **names = TR_NEW_ARRAY(check->arena, const char *, event->fields.count + 1);
  for (uint32_t i = 0; i < event->fields.count; i++) {
    names[i] = event->fields.items[i].name.text;
    if (strcmp(names[i], quota->field.text) != 0) continue;
    quota->field_index = i;
    return tr_check_type(check, event->fields.items[i].type);
  }
  tr_check_unknown(check, DIAG_UNKNOWN_FIELD, quota->field,
                   tr_arena_print(check->arena, "a field of event %s", event->name.text), names,
                   event->fields.count);
  return &tr_type_error;
}

static void check_sum(tr_check *check, tr_quota_decl *quota, const tr_symbol *symbol) {
  const tr_event_decl *event = tr_check_trigger_event(check, symbol);
  if (!event) {
    tr_report(check->diags, DIAG_WRONG_SCOPE, quota->counted.span,
              "no one event is behind '%s', so it has no field '%s'", quota->counted.text,
              quota->field.text);
    return;
  }
  const tr_type *type = field_type(check, quota, event);
  if (type->kind == TYPE_ERROR) return;
  if (type->kind != TYPE_NUMBER && type->kind != TYPE_WHOLE && type->kind != TYPE_MONEY) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, quota->field.span,
                              "'%s' is %s, and a quota sums up money or numbers", quota->field.text,
                              tr_type_text(check->arena, type));
    tr_diag_help(diag, "To count the events, write '… %s per %s'.", quota->counted.text,
                 quota->per.text);
    return;
  }
  quota->type = type;
  if (!tr_check_constant(check, quota->amount, type, "a quota")) return;
  if (quota->amount->number <= 0)
    tr_report(check->diags, DIAG_OUT_OF_RANGE, quota->amount->span, "a quota is more than nothing");
}

/* ---- Whose ----------------------------------------------------------------------------------- */

static bool check_has_people(tr_check *check, const tr_quota_decl *quota) {
  for (uint32_t i = 0; i < check->tree->teams.count; i++) {
    if (strcmp(check->tree->teams.items[i]->party.text, quota->party.text) == 0) return true;
  }
  if (!tr_check_is_whole(check)) return false;
  tr_diag *diag = tr_report(check->diags, DIAG_MISSING, quota->party.span,
                            "%s has no team, so there is no rep to owe this", quota->party.text);
  tr_diag_help(diag, "Declare 'team NAME of %s' and its people, or take 'each rep' out.",
               quota->party.text);
  return false;
}

/* By a clause, by a step of a duty, or by a power. */
static bool gives_leads(const tr_agreement *agreement) {
  if (agreement->powers.count > 0) return true;
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    const tr_clause *clause = agreement->clauses.items[i];
    if (clause->kind >= CLAUSE_ASSIGN) return true;
    for (uint32_t k = 0; !clause->quota && k < clause->terms.steps.count; k++) {
      if (clause->terms.steps.items[k].kind >= STEP_REASSIGN) return true;
    }
  }
  return false;
}

/* A stage is entered for whoever has the lead; an event may name who did it. */
static void check_have_leads(tr_check *check, const tr_agreement *agreement,
                             const tr_quota_decl *quota) {
  if (gives_leads(agreement) || !tr_check_is_whole(check)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_MISSING, quota->counted.span,
                            "nobody is given a lead in \"%s\", so no rep has one at '%s'",
                            agreement->name.text, quota->counted.text);
  tr_diag_help(diag, "Add 'assign STAGE to TEAM', or count an event, for its actor.");
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static void check_when(tr_check *check, const tr_step *step) {
  if (step->business_days) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_FORM, step->span,
                              "a quota runs through its whole period, not through business days");
    tr_diag_help(diag, "Say it in per cent of the period.");
  } else if (step->percent_millionths <= 0 || step->percent_millionths > 1000000) {
    tr_diag *diag = tr_report(check->diags, DIAG_OUT_OF_RANGE, step->span,
                              "a step of a quota stands at more than 0%% and at most 100%%");
    tr_diag_help(diag, "At 100%% the period is over, and the next one begins.");
  }
}

static void check_step(tr_check *check, const tr_step *step) {
  static const char *const words[] = {[STEP_RETURN] = "return a lead",
                                      [STEP_OFFER] = "offer a lead",
                                      [STEP_REASSIGN] = "reassign a lead",
                                      [STEP_OPEN] = "open a lead"};
  check_when(check, step);
  switch (step->kind) {
    case STEP_ESCALATE:
      tr_check_name(check, step->who, SYMBOL_CONTACT, SYMBOL_CONTACT, "a contact");
      return;
    case STEP_REMIND:
    case STEP_TELL:
      tr_check_name(check, step->who, SYMBOL_PARTY, SYMBOL_CONTACT, "a party or contact");
      return;
    case STEP_RETURN:
    case STEP_OFFER:
    case STEP_REASSIGN:
    case STEP_OPEN: break;
  }
  tr_diag *diag =
      tr_report(check->diags, DIAG_WRONG_FORM, step->span,
                "a quota is about no one lead, so its steps cannot %s", words[step->kind]);
  tr_diag_help(diag, "Its steps remind, tell or escalate.");
}

static void check_steps(tr_check *check, const tr_terms *terms) {
  for (uint32_t i = 0; i < terms->steps.count; i++) check_step(check, &terms->steps.items[i]);
  if (!terms->pauses) return;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_FORM, terms->pauses->span,
                            "a period ends when the calendar says so: nothing pauses it");
  tr_diag_help(diag, "Take 'pauses while' out.");
}

/* ---- The whole ------------------------------------------------------------------------------- */

void tr_check_quota(tr_check *check, const tr_agreement *agreement, tr_clause *clause) {
  tr_quota_decl *quota = clause->quota;
  bool has_people = false;
  if (tr_check_name(check, quota->party, SYMBOL_PARTY, SYMBOL_PARTY, "a party")) {
    tr_check_bound(check, agreement, quota->party.text, quota->party.span, "owes something here");
    has_people = quota->each_rep && check_has_people(check, quota);
  }
  const tr_symbol *symbol = check_counted(check, quota);
  if (!quota->field.text)
    check_number(check, quota);
  else if (symbol)
    check_sum(check, quota, symbol);
  if (has_people && symbol && symbol->kind == SYMBOL_STAGE)
    check_have_leads(check, agreement, quota);
  check_period(check, quota);
  check_steps(check, &clause->terms);
}

bool tr_check_owes_quota(const tr_check *check, const char *party, const char *counted) {
  const tr_tree *tree = check->tree;
  for (uint32_t i = 0; i < tree->agreements.count; i++) {
    const tr_clauses *clauses = &tree->agreements.items[i]->clauses;
    for (uint32_t k = 0; k < clauses->count; k++) {
      const tr_quota_decl *quota = clauses->items[k]->quota;
      if (!quota || strcmp(quota->party.text, party) != 0) continue;
      if (strcmp(quota->counted.text, counted) == 0) return true;
    }
  }
  return false;
}
