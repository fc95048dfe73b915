/* check_power.c - what people of a party may decide: who is bound, from where to where. */
#include <string.h>

#include "engine/check.h"

static bool is_bound(const tr_agreement *agreement, const char *party) {
  for (uint32_t i = 0; i < agreement->parties.count; i++) {
    if (strcmp(agreement->parties.items[i].text, party) == 0) return true;
  }
  return false;
}

static void check_party(tr_check *check, const tr_agreement *agreement, tr_name party) {
  if (!tr_check_name(check, party, SYMBOL_PARTY, SYMBOL_PARTY, "a party")) return;
  if (is_bound(agreement, party.text)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_PARTY_NOT_BOUND, party.span,
                            "'%s' may decide nothing here: it is not a party to \"%s\"", party.text,
                            agreement->name.text);
  tr_diag_help(diag, "Add it behind 'between'.");
}

/* A stage that a power leads from or to: its owner has signed for it. */
static const tr_stage *check_stage(tr_check *check, const tr_agreement *agreement, tr_name name) {
  const tr_symbol *symbol = tr_check_name(check, name, SYMBOL_STAGE, SYMBOL_STAGE, "a stage");
  if (!symbol) return NULL;
  const tr_stage *stage = symbol->decl;
  if (is_bound(agreement, stage->owner.text) || !tr_check_is_party(check, stage->owner.text))
    return stage;
  tr_diag *diag = tr_report(check->diags, DIAG_PARTY_NOT_BOUND, name.span,
                            "'%s' gains or loses a lead here and is not a party to \"%s\"",
                            stage->owner.text, agreement->name.text);
  tr_diag_help(diag, "Add it behind 'between'.");
  return stage;
}

static bool promotes(const tr_clause *clause, const char *from, const char *to) {
  if (clause->kind != CLAUSE_PROMOTE || strcmp(clause->to.text, to) != 0) return false;
  for (uint32_t i = 0; i < clause->from.count; i++) {
    if (strcmp(clause->from.items[i].text, from) == 0) return true;
  }
  return false;
}

/* What is overridden is a clause of this agreement. */
static void check_promotion(tr_check *check, const tr_agreement *agreement, const tr_power *power,
                            tr_name from) {
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    if (promotes(agreement->clauses.items[i], from.text, power->to.text)) return;
  }
  if (!tr_check_is_whole(check)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_UNKNOWN_NAME, from.span,
                            "no clause of \"%s\" promotes '%s' to '%s'", agreement->name.text,
                            from.text, power->to.text);
  tr_diag_help(diag, "Where nothing is overridden, write '%s may move %s to %s with reason'.",
               power->party.text, from.text, power->to.text);
}

static void check_way(tr_check *check, const tr_agreement *agreement, tr_power *power) {
  tr_scope scope = {.entity = ENTITY_NONE};
  const tr_stage *to = check_stage(check, agreement, power->to);
  for (uint32_t i = 0; i < power->from.count; i++) {
    tr_name name = power->from.items[i];
    const tr_stage *from = check_stage(check, agreement, name);
    if (!from) continue;
    if (from->won || from->lost) {
      tr_diag *diag = tr_report(check->diags, DIAG_CLOSED_STAGE, name.span,
                                "'%s' closes the lead, so nothing leads out of it", name.text);
      tr_diag_related(diag, from->name.span, "declared here");
    } else if (from == to) {
      tr_report(check->diags, DIAG_WRONG_FORM, name.span, "'%s' is where the lead goes to",
                name.text);
    } else if (to && power->kind == POWER_PROMOTE) {
      check_promotion(check, agreement, power, name);
    }
  }
  if (power->when) tr_check_condition(check, &scope, power->when);
}

static bool hands(const tr_clause *clause, const char *from, const char *party) {
  return clause->kind == CLAUSE_HAND && strcmp(clause->from.items[0].text, from) == 0 &&
         strcmp(clause->taker.text, party) == 0;
}

/* How the other party answers, and in what time, stands in a clause of this agreement. */
static void check_hand(tr_check *check, const tr_agreement *agreement, const tr_power *power,
                       tr_name from) {
  if (!check_stage(check, agreement, from)) return;
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    if (hands(agreement->clauses.items[i], from.text, power->to.text)) return;
  }
  if (!tr_check_is_whole(check)) return;
  tr_report(check->diags, DIAG_UNKNOWN_NAME, from.span, "no clause of \"%s\" hands '%s' to %s",
            agreement->name.text, from.text, power->to.text);
}

static void check_offer(tr_check *check, const tr_agreement *agreement, tr_power *power) {
  tr_scope scope = {.entity = ENTITY_NONE};
  if (tr_check_name(check, power->to, SYMBOL_PARTY, SYMBOL_PARTY, "a party")) {
    for (uint32_t i = 0; i < power->from.count; i++)
      check_hand(check, agreement, power, power->from.items[i]);
  }
  if (power->when) tr_check_condition(check, &scope, power->when);
}

/* Somebody has to be there who passes it on, and to whom. */
static void check_pass(tr_check *check, const tr_power *power) {
  tr_scope scope = {.entity = ENTITY_NONE};
  if (power->when) tr_check_condition(check, &scope, power->when);
  for (uint32_t i = 0; i < check->tree->teams.count; i++) {
    if (strcmp(check->tree->teams.items[i]->party.text, power->party.text) == 0) return;
  }
  if (!tr_check_is_whole(check) || !tr_check_is_party(check, power->party.text)) return;
  tr_diag *diag =
      tr_report(check->diags, DIAG_MISSING, power->span,
                "no team is of %s, so nobody of it could have a lead", power->party.text);
  tr_diag_help(diag, "Declare one: 'team NAME of %s'.", power->party.text);
}

/* Whether there is an event by which anybody could use a power. */
static bool can_be_used(const tr_check *check) {
  for (uint32_t i = 0; i < check->tree->events.count; i++) {
    const tr_name name = check->tree->events.items[i]->name;
    if (strcmp(name.text, "lead.moved") == 0 && tr_check_is_std(check, name.span)) return true;
  }
  return false;
}

void tr_check_powers(tr_check *check, tr_agreement *agreement) {
  if (agreement->powers.count > 0 && !can_be_used(check) && tr_check_is_whole(check)) {
    tr_diag *diag = tr_report(check->diags, DIAG_MISSING, agreement->powers.items[0]->span,
                              "there is no event by which somebody could decide this");
    tr_diag_help(diag, "Write 'use \"std/events\"' at the top of the file.");
  }
  for (uint32_t i = 0; i < agreement->powers.count; i++) {
    tr_power *power = agreement->powers.items[i];
    check_party(check, agreement, power->party);
    switch (power->kind) {
      case POWER_MOVE:
      case POWER_PROMOTE: check_way(check, agreement, power); break;
      case POWER_OFFER: check_offer(check, agreement, power); break;
      case POWER_PASS: check_pass(check, power); break;
      case POWER_HOLD:
        if (power->at_most_ms < 1)
          tr_report(check->diags, DIAG_OUT_OF_RANGE, power->span,
                    "a hold lasts a millisecond at least");
        break;
    }
  }
}

bool tr_check_power_leads_to(const tr_agreement *agreement, const char *stage) {
  for (uint32_t i = 0; i < agreement->powers.count; i++) {
    const tr_power *power = agreement->powers.items[i];
    if (tr_power_moves(power->kind) && strcmp(power->to.text, stage) == 0) return true;
  }
  return false;
}
