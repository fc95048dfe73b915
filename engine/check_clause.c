/* check_clause.c - the clauses of one agreement: stages, owners, who is bound; deadlines and duties
 * are check_duty.c's. */
#include "engine/check_clause.h"

#include <string.h>

#include "engine/limits.h"

const tr_stage *tr_check_stage_named(tr_check *check, tr_name name) {
  const tr_symbol *symbol = tr_check_name(check, name, SYMBOL_STAGE, SYMBOL_STAGE, "a stage");
  return symbol ? symbol->decl : NULL;
}

#define GAINS "gains or loses a lead here"

static bool is_bound(const tr_agreement *agreement, const char *party) {
  for (uint32_t i = 0; i < agreement->parties.count; i++) {
    if (strcmp(agreement->parties.items[i].text, party) == 0) return true;
  }
  return false;
}

void tr_check_bound(tr_check *check, const tr_agreement *agreement, const char *party, tr_span span,
                    const char *does) {
  if (is_bound(agreement, party) || !tr_check_is_party(check, party)) return;
  for (uint32_t i = 0; i < agreement->parties.count; i++) {
    if (!tr_check_is_party(check, agreement->parties.items[i].text)) return;
  }
  tr_diag *diag =
      tr_report(check->diags, DIAG_PARTY_NOT_BOUND, span, "'%s' %s and is not a party to \"%s\"",
                party, does, agreement->name.text);
  tr_diag_help(diag, "Add it behind 'between'.");
}

static void check_from(tr_check *check, const tr_agreement *agreement, tr_clause *clause) {
  for (uint32_t i = 0; i < clause->from.count; i++) {
    const tr_stage *stage = tr_check_stage_named(check, clause->from.items[i]);
    if (!stage) continue;
    tr_check_bound(check, agreement, stage->owner.text, clause->from.items[i].span, GAINS);
    if (!stage->won && !stage->lost) continue;
    tr_diag *diag =
        tr_report(check->diags, DIAG_CLOSED_STAGE, clause->from.items[i].span,
                  "'%s' closes the lead, so no clause leads out of it", stage->name.text);
    tr_diag_related(diag, stage->name.span, "declared here");
  }
}

/* ---- Reasons --------------------------------------------------------------------------------- */

static bool is_reason_of(const tr_stage *stage, const char *name) {
  for (uint32_t i = 0; i < stage->reasons.count; i++) {
    if (strcmp(stage->reasons.items[i].text, name) == 0) return true;
  }
  return false;
}

static void check_event_reason(tr_check *check, const tr_stage *stage, tr_name reason,
                               const tr_event_decl *event) {
  if (!event) {
    tr_report(check->diags, DIAG_WRONG_SCOPE, reason.span,
              "no event is at hand here whose reason could be taken");
    return;
  }
  tr_scope scope = {.entity = ENTITY_NONE, .event = event};
  tr_expr value = {.kind = EXPR_NAME, .name = reason, .span = reason.span};
  const tr_type *type = tr_check_expr(check, &scope, &value, NULL);
  if (type->kind == TYPE_ERROR) return;
  bool good = type->kind == TYPE_ONE_OF;
  for (uint32_t i = 0; good && i < type->values.count; i++)
    good = is_reason_of(stage, type->values.items[i].text);
  if (!good) {
    tr_report(check->diags, DIAG_WRONG_TYPE, reason.span,
              "'%s' is %s, and not all of it are reasons of '%s'", reason.text,
              tr_type_text(check->arena, type), stage->name.text);
  }
}

void tr_check_reason(tr_check *check, const tr_stage *stage, tr_name reason, tr_span way,
                     const tr_event_decl *event, bool can_say) {
  if (!stage) return;
  if (!reason.text) {
    if (stage->reasons.count == 0) return;
    tr_diag *diag = tr_report(check->diags, DIAG_REASON_NEEDED, way,
                              "the way to '%s' needs a reason", stage->name.text);
    tr_diag_related(diag, stage->name.span, "declared with reasons");
    tr_diag_help(
        diag,
        can_say ? "Write 'with reason %s', for example."
                : "Only 'move', 'rejected by' and 'return to' can give one: '%s', for example.",
        stage->reasons.items[0].text);
    return;
  }
  if (stage->reasons.count == 0) {
    tr_report(check->diags, DIAG_WRONG_FORM, reason.span, "'%s' takes no reason", stage->name.text);
    return;
  }
  if (strncmp(reason.text, "event.", 6) == 0) {
    check_event_reason(check, stage, reason, event);
    return;
  }
  if (is_reason_of(stage, reason.text)) return;
  const char **names = TR_NEW_ARRAY(check->arena, const char *, stage->reasons.count);
  for (uint32_t i = 0; i < stage->reasons.count; i++) names[i] = stage->reasons.items[i].text;
  tr_check_unknown(check, DIAG_UNKNOWN_VALUE, reason,
                   tr_arena_print(check->arena, "a reason of '%s'", stage->name.text), names,
                   stage->reasons.count);
}

/* ---- promote, move --------------------------------------------------------------------------- */

static void check_promote(tr_check *check, const tr_agreement *agreement, tr_clause *clause) {
  const tr_stage *to = tr_check_stage_named(check, clause->to);
  tr_scope scope = {.entity = ENTITY_NONE};
  (void)agreement;
  tr_check_condition(check, &scope, clause->when);
  tr_check_keeps(check, clause);
  for (uint32_t i = 0; to && i < clause->from.count; i++) {
    const tr_symbol *from = tr_symbol_find(check->symbols, clause->from.items[i]);
    if (!from || from->kind != SYMBOL_STAGE) continue;
    const tr_stage *stage = from->decl;
    if (strcmp(stage->owner.text, to->owner.text) == 0) continue;
    if (!tr_check_is_party(check, stage->owner.text) || !tr_check_is_party(check, to->owner.text))
      continue;
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_OWNER, clause->to.span,
                              "'%s' belongs to %s and '%s' to %s, so this is no promotion",
                              stage->name.text, stage->owner.text, to->name.text, to->owner.text);
    tr_diag_help(diag, "Another owner takes a lead by 'hand %s from %s to %s …'.", stage->name.text,
                 stage->owner.text, to->owner.text);
  }
  tr_check_reason(check, to, (tr_name){0}, clause->to.span, NULL, false);
}

/* What a clause waits for with `on`, and its condition; gives the one event behind it, or NULL. */
static const tr_event_decl *check_clause_on(tr_check *check, tr_clause *clause) {
  const tr_symbol *symbol =
      tr_check_name(check, clause->on.event, SYMBOL_EVENT, SYMBOL_SIGNAL, "an event or signal");
  tr_check_use_trigger(check, symbol);
  const tr_event_decl *event = symbol ? tr_check_trigger_event(check, symbol) : NULL;
  tr_scope scope = {.entity = ENTITY_NONE, .event = event, .bare_event = true};
  if (clause->on.where && event) tr_check_condition(check, &scope, clause->on.where);
  if (clause->on.where && symbol && !event) {
    tr_report(check->diags, DIAG_WRONG_SCOPE, clause->on.where->span,
              "'%s' has several events, so no field of one can be asked", clause->on.event.text);
  }
  return event;
}

static void check_move(tr_check *check, const tr_agreement *agreement, tr_clause *clause) {
  const tr_stage *to = tr_check_stage_named(check, clause->to);
  const tr_event_decl *event = NULL;
  tr_scope scope = {.entity = ENTITY_NONE};
  if (to) tr_check_bound(check, agreement, to->owner.text, clause->to.span, GAINS);
  switch (clause->trigger) {
    case TRIGGER_WHEN: tr_check_condition(check, &scope, clause->when); break;
    case TRIGGER_ON: event = check_clause_on(check, clause); break;
    case TRIGGER_AFTER:
      if (clause->after_ms < 1)
        tr_report(check->diags, DIAG_OUT_OF_RANGE, clause->span,
                  "'after' waits a millisecond at least");
      break;
    case TRIGGER_OWED:
    case TRIGGER_PERIOD:
    case TRIGGER_CONTACT:
    case TRIGGER_MEMBERS:
    case TRIGGER_ABSENT: break; /* of others */
  }
  tr_check_reason(check, to, clause->reason, clause->to.span, event, true);
}

/* ---- hand ------------------------------------------------------------------------------------ */

static void check_owner_is(tr_check *check, const tr_stage *stage, tr_name party, tr_span span,
                           const char *role) {
  if (!stage || !party.text || strcmp(stage->owner.text, party.text) == 0) return;
  if (!tr_check_is_party(check, stage->owner.text)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_OWNER, span, "'%s' belongs to %s, but %s %s",
                            stage->name.text, stage->owner.text, party.text, role);
  tr_diag_related(diag, stage->name.span, "owned by %s", stage->owner.text);
}

const tr_event_decl *tr_check_awaited(tr_check *check, tr_name by) {
  const tr_symbol *symbol =
      tr_check_name(check, by, SYMBOL_EVENT, SYMBOL_SIGNAL, "an event or signal");
  tr_check_use_trigger(check, symbol);
  return symbol ? tr_check_trigger_event(check, symbol) : NULL;
}

/* A lead that is rejected for a while goes on from there by itself. */
static void check_recycling(tr_check *check, const tr_agreement *agreement, tr_clause *clause,
                            const tr_stage *rejected) {
  if (!clause->recycle_to.text) return;
  const tr_stage *to = tr_check_stage_named(check, clause->recycle_to);
  if (to) tr_check_bound(check, agreement, to->owner.text, clause->recycle_to.span, GAINS);
  tr_check_reason(check, to, (tr_name){0}, clause->recycle_to.span, NULL, false);
  if (!rejected || (!rejected->won && !rejected->lost)) return;
  tr_diag *diag = tr_report(check->diags, DIAG_CLOSED_STAGE, clause->rejected_to.span,
                            "'%s' closes the lead, so it cannot come back", rejected->name.text);
  tr_diag_related(diag, rejected->name.span, "declared here");
}

static void check_hand(tr_check *check, const tr_agreement *agreement, tr_clause *clause) {
  const tr_stage *from = tr_check_stage_named(check, clause->from.items[0]);
  if (tr_check_name(check, clause->giver, SYMBOL_PARTY, SYMBOL_PARTY, "a party")) {
    tr_check_bound(check, agreement, clause->giver.text, clause->giver.span, GAINS);
    check_owner_is(check, from, clause->giver, clause->giver.span, "hands it over");
  }
  bool taker = tr_check_name(check, clause->taker, SYMBOL_PARTY, SYMBOL_PARTY, "a party") != NULL;
  if (taker) tr_check_bound(check, agreement, clause->taker.text, clause->taker.span, GAINS);
  tr_scope scope = {.entity = ENTITY_NONE};
  if (clause->when) tr_check_condition(check, &scope, clause->when);
  if (clause->withdrawn) tr_check_condition(check, &scope, clause->withdrawn);
  if (!clause->accepted_to.text && !tr_check_is_whole(check)) return;
  if (!clause->accepted_to.text) {
    tr_diag *diag =
        tr_report(check->diags, DIAG_MISSING, clause->span, "this hand-over can never be accepted");
    tr_diag_help(diag, "Add 'accepted by EVENT to STAGE' or 'accepted at once to STAGE'.");
    return;
  }
  const tr_stage *accepted = tr_check_stage_named(check, clause->accepted_to);
  if (taker)
    check_owner_is(check, accepted, clause->taker, clause->accepted_to.span, "takes the lead");
  tr_check_reason(check, accepted, (tr_name){0}, clause->accepted_to.span, NULL, false);
  if (clause->at_once) {
    if (clause->rejected_by.text || clause->responds || clause->withdrawn ||
        clause->sent_back_by.text) {
      tr_report(check->diags, DIAG_WRONG_FORM, clause->span,
                "what is accepted at once has no answer to wait for");
    }
    return;
  }
  tr_check_awaited(check, clause->accepted_by);
  if (clause->rejected_by.text) {
    const tr_event_decl *event = tr_check_awaited(check, clause->rejected_by);
    const tr_stage *rejected = tr_check_stage_named(check, clause->rejected_to);
    if (rejected)
      tr_check_bound(check, agreement, rejected->owner.text, clause->rejected_to.span, GAINS);
    tr_check_reason(check, rejected, clause->rejected_reason, clause->rejected_to.span, event,
                    true);
    check_recycling(check, agreement, clause, rejected);
  }
  if (clause->sent_back_by.text) {
    tr_check_awaited(check, clause->sent_back_by);
    tr_check_awaited(check, clause->sent_until);
  }
  if (clause->responds) tr_check_terms(check, agreement, clause);
}

/* ---- tell ------------------------------------------------------------------------------------ */

static void check_tell(tr_check *check, tr_clause *clause) {
  tr_scope scope = {.entity = ENTITY_NONE};
  tr_check_name(check, clause->who, SYMBOL_PARTY, SYMBOL_CONTACT, "a party or contact");
  if (clause->trigger == TRIGGER_ON)
    (void)check_clause_on(check, clause);
  else
    tr_check_condition(check, &scope, clause->when);
}

/* So many are looked at beside the clauses of a stage; each has a bit in the lead or the member. */
static void check_asides(tr_check *check, const tr_agreement *agreement) {
  uint32_t tells = 0;
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    tr_clause *clause = agreement->clauses.items[i];
    if (clause->kind != CLAUSE_TELL || clause->trigger != TRIGGER_WHEN) continue;
    clause->bit = tells++;
    if (tells != TR_TELLS_MAX + 1) continue;
    tr_report(check->diags, DIAG_OUT_OF_RANGE, clause->span,
              "an agreement has %d messages with 'when' at most", TR_TELLS_MAX);
  }
}

/* ---- The whole ------------------------------------------------------------------------------- */

static bool names_stage(const tr_names *names, const char *stage) {
  for (uint32_t i = 0; i < names->count; i++) {
    if (strcmp(names->items[i].text, stage) == 0) return true;
  }
  return false;
}

static bool leads_to(const tr_clause *clause, const char *stage) {
  if (clause->to.text && strcmp(clause->to.text, stage) == 0) return true;
  if (clause->accepted_to.text && strcmp(clause->accepted_to.text, stage) == 0) return true;
  if (clause->rejected_to.text && strcmp(clause->rejected_to.text, stage) == 0) return true;
  if (clause->recycle_to.text && strcmp(clause->recycle_to.text, stage) == 0) return true;
  for (uint32_t i = 0; i < clause->terms.steps.count; i++) {
    const tr_step *step = &clause->terms.steps.items[i];
    if (step->kind == STEP_RETURN && strcmp(step->who.text, stage) == 0) return true;
  }
  return false;
}

/* A lead's time in its stage, and its age, reach whatever they are compared with. */
static bool comes_in_time(const tr_expr *expr) {
  bool any = expr->kind == EXPR_OR, all = expr->kind == EXPR_AND;
  for (uint32_t i = 0; (any || all) && i < expr->list.count; i++) {
    if (comes_in_time(expr->list.items[i]) == any) return any;
  }
  if (expr->kind != EXPR_COMPARE) return all;
  return (expr->left->kind == EXPR_AGE || expr->left->kind == EXPR_TIME_IN_STAGE) &&
         expr->right->kind == EXPR_DURATION &&
         (expr->compare == COMPARE_GT || expr->compare == COMPARE_GE);
}

static bool returns(const tr_clause *clause) {
  for (uint32_t i = 0; i < clause->terms.steps.count; i++) {
    if (clause->terms.steps.items[i].kind == STEP_RETURN) return true;
  }
  return false;
}

static bool leaves_in_time(const tr_clause *clause, const char *stage) {
  if (!names_stage(&clause->from, stage)) return false;
  if (clause->kind == CLAUSE_OWES) return clause->duty->start == START_ENTERING && returns(clause);
  if (clause->trigger == TRIGGER_WHEN && clause->kind <= CLAUSE_MOVE && clause->kind != CLAUSE_HAND)
    return comes_in_time(clause->when);
  return (clause->kind == CLAUSE_MOVE && clause->trigger == TRIGGER_AFTER) ||
         (clause->kind == CLAUSE_HAND && (clause->responds || clause->at_once));
}

static bool is_new_name(const tr_agreement *agreement, const char *stage) {
  for (uint32_t i = 0; i < agreement->stages.count; i++) {
    if (strcmp(agreement->stages.items[i].to.text, stage) == 0) return true;
  }
  return false;
}

static void warn_ways(tr_check *check, const tr_agreement *agreement) {
  const tr_stage_list *list = &check->tree->stages.items[0]->list;
  for (uint32_t i = 0; i < list->count; i++) {
    const tr_stage *stage = &list->items[i];
    bool reached = i == 0 || is_new_name(agreement, stage->name.text) ||
                   tr_check_power_leads_to(agreement, stage->name.text);
    bool left = stage->won || stage->lost;
    for (uint32_t k = 0; k < agreement->clauses.count; k++) {
      reached |= leads_to(agreement->clauses.items[k], stage->name.text);
      left |= leaves_in_time(agreement->clauses.items[k], stage->name.text);
    }
    if (!reached || left) continue;
    tr_diag *diag = tr_report(check->diags, DIAG_NO_WAY_OUT, agreement->name.span,
                              "under \"%s\" a lead could stay in '%s' for ever",
                              agreement->name.text, stage->name.text);
    tr_diag_help(diag, "Add 'move %s to … after … days', or a hand-over with 'respond within'.",
                 stage->name.text);
  }
}

/* Said once, by the last agreement of the file: a stage may be reached under another. */
static void warn_unreached(tr_check *check, const tr_agreement *agreement) {
  const tr_tree *tree = check->tree;
  if (agreement != tree->agreements.items[tree->agreements.count - 1]) return;
  const tr_stage_list *list = &tree->stages.items[0]->list;
  for (uint32_t i = 1; i < list->count; i++) {
    bool reached = false;
    for (uint32_t a = 0; a < tree->agreements.count; a++) {
      const tr_clauses *clauses = &tree->agreements.items[a]->clauses;
      reached |= tr_check_power_leads_to(tree->agreements.items[a], list->items[i].name.text);
      for (uint32_t k = 0; k < clauses->count; k++)
        reached |= leads_to(clauses->items[k], list->items[i].name.text);
      reached |= is_new_name(tree->agreements.items[a], list->items[i].name.text);
    }
    if (!reached) {
      tr_report(check->diags, DIAG_UNREACHED, list->items[i].name.span, "no clause leads to '%s'",
                list->items[i].name.text);
    }
  }
}

void tr_check_clauses(tr_check *check, tr_agreement *agreement) {
  if (agreement->clauses.count > TR_CLAUSES_MAX) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, agreement->clauses.items[TR_CLAUSES_MAX]->span,
              "an agreement has %d clauses at most", TR_CLAUSES_MAX);
    return;
  }
  for (uint32_t i = 0; i < agreement->clauses.count; i++) {
    tr_clause *clause = agreement->clauses.items[i];
    check_from(check, agreement, clause);
    switch (clause->kind) {
      case CLAUSE_PROMOTE: check_promote(check, agreement, clause); break;
      case CLAUSE_MOVE: check_move(check, agreement, clause); break;
      case CLAUSE_HAND: check_hand(check, agreement, clause); break;
      case CLAUSE_OWES: tr_check_duty(check, agreement, clause); break;
      case CLAUSE_QUOTA: tr_check_quota(check, agreement, clause); break;
      case CLAUSE_LIMIT: tr_check_limit(check, agreement, clause); break;
      case CLAUSE_ASSIGN:
      case CLAUSE_REASSIGN:
      case CLAUSE_OPEN: tr_check_assign(check, agreement, clause); break;
      case CLAUSE_TELL: check_tell(check, clause); break;
      case CLAUSE_PLAY: tr_check_play(check, clause); break;
    }
  }
  tr_check_powers(check, agreement);
  check_asides(check, agreement);
  tr_check_plays(check, agreement);
  if (check->diags->error_count > 0) return;
  warn_ways(check, agreement);
  warn_unreached(check, agreement);
}
