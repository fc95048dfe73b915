/* build_clause.c - making the tree of agreements and their clauses; see build.h. */
#include <string.h>

#include "grammar/build.h"

tr_agreement *tr_build_agreement_head(tr_parse *parse, tr_span name_span, const char *name,
                                      tr_span version_span, int64_t version, tr_names *parties) {
  if (version % 1000000 != 0 || version <= 0 || version > INT64_C(1000000) * 1000000) {
    tr_report(parse->diags, DIAG_OUT_OF_RANGE, version_span,
              "a version is a whole number from 1 on");
    version = 1000000;
  }
  return TR_BUILD_KEEP(parse, tr_agreement,
                       {.name = tr_build_name(name_span, name),
                        .version = version / 1000000,
                        .parties = *parties,
                        .to_day = INT64_MAX});
}

tr_agreement *tr_build_becomes(tr_parse *parse, tr_span span, tr_agreement *head, tr_name from,
                               tr_name to) {
  tr_becomes becomes = {.span = span, .from = from, .to = to};
  TR_PUSH(parse->arena, &head->stages, becomes);
  return head;
}

tr_agreement *tr_build_force(tr_parse *parse, tr_span span, tr_agreement *head, int64_t from,
                             int64_t to) {
  if (head->has_force)
    tr_report(parse->diags, DIAG_REPEATED, span, "the time in force is given twice");
  if (to < from)
    tr_report(parse->diags, DIAG_OUT_OF_RANGE, span, "the agreement ends before it begins");
  head->has_force = true;
  head->from_day = from;
  head->to_day = to;
  return head;
}

tr_agreement *tr_build_shadow(tr_parse *parse, tr_span span, tr_agreement *head, int64_t from) {
  if (head->in_shadow)
    tr_report(parse->diags, DIAG_REPEATED, span, "the time in shadow is given twice");
  head->in_shadow = true;
  head->shadow_day = from;
  return head;
}

tr_agreement *tr_build_signature(tr_parse *parse, tr_agreement *head, tr_name party,
                                 const char *who, int64_t day) {
  if (!head) head = TR_NEW(parse->arena, tr_agreement);
  tr_signature signature = {.party = party, .who = who, .day = day};
  TR_PUSH(parse->arena, &head->signatures, signature);
  return head;
}

tr_agreement *tr_build_signed(tr_parse *parse, tr_agreement *head, tr_agreement *signatures) {
  (void)parse;
  head->signatures.items = (void *)signatures->signatures.items;
  head->signatures.count = signatures->signatures.count;
  head->signatures.room = signatures->signatures.room;
  return head;
}

tr_agreement *tr_build_agreement_body(tr_parse *parse) {
  return TR_NEW(parse->arena, tr_agreement);
}

tr_agreement *tr_build_applies(tr_parse *parse, tr_span span, tr_agreement *body,
                               tr_expr *applies) {
  if (body->applies || body->otherwise) {
    tr_diag *diag =
        tr_report(parse->diags, DIAG_REPEATED, span, "'applies' stands twice in one agreement");
    tr_diag_related(diag, body->applies_span, "first here");
  }
  body->applies = applies;
  body->otherwise = applies == NULL;
  body->applies_span = span;
  return body;
}

tr_agreement *tr_build_ask(tr_parse *parse, tr_span span, tr_agreement *body, int64_t after_ms) {
  if (body->ask_span.to > body->ask_span.from) {
    tr_diag *diag = tr_report(parse->diags, DIAG_REPEATED, span,
                              "'ask about unknowns' stands twice in one agreement");
    tr_diag_related(diag, body->ask_span, "first here");
  }
  body->ask_after_ms = after_ms;
  body->ask_span = span;
  return body;
}

tr_agreement *tr_build_clause_add(tr_parse *parse, tr_agreement *body, tr_clause *clause) {
  if (clause) TR_PUSH(parse->arena, &body->clauses, clause);
  return body;
}

void tr_build_agreement(tr_parse *parse, tr_agreement *head, tr_agreement *body) {
  head->otherwise = body->otherwise;
  head->applies = body->applies;
  head->applies_span = body->applies_span;
  head->ask_after_ms = body->ask_after_ms;
  head->ask_span = body->ask_span;
  head->clauses = body->clauses;
  memcpy(&head->powers, &body->powers, sizeof head->powers);
  TR_PUSH(parse->arena, &parse->tree->agreements, head);
}

tr_clause *tr_build_promote(tr_parse *parse, tr_span span, tr_names *from, tr_name to,
                            tr_expr *when) {
  return TR_BUILD_KEEP(parse, tr_clause,
                       {.kind = CLAUSE_PROMOTE,
                        .span = span,
                        .from = *from,
                        .to = to,
                        .trigger = TRIGGER_WHEN,
                        .when = when});
}

/* `lead.budget` is kept as `budget`; what is computed must say its name. */
tr_keep tr_build_keep_bare(tr_parse *parse, tr_expr *value) {
  const char *dot = value->kind == EXPR_NAME ? strrchr(value->name.text, '.') : NULL;
  tr_name name = value->name;
  if (dot) name.text = tr_arena_copy(parse->arena, dot + 1, strlen(dot + 1));
  if (value->kind != EXPR_NAME) {
    tr_parse_wrong(parse, value->span, "what is computed is kept under a name of its own",
                   "Write 'NAME = …' for it.");
    name = tr_build_name(value->span, "");
  }
  return (tr_keep){.name = name, .value = value};
}

tr_keeps *tr_build_keeps(tr_parse *parse, tr_keeps *keeps, tr_keep keep) {
  if (!keeps) keeps = TR_NEW(parse->arena, tr_keeps);
  TR_PUSH(parse->arena, keeps, keep);
  return keeps;
}

tr_clause *tr_build_keep_as(tr_clause *clause, tr_keeps *keeps, tr_name name) {
  clause->keeps = *keeps;
  clause->kept_as = name;
  return clause;
}

tr_clause *tr_build_hand(tr_parse *parse, tr_span span, tr_name stage, tr_name giver, tr_name taker,
                         tr_expr *when) {
  return TR_BUILD_KEEP(parse, tr_clause,
                       {.kind = CLAUSE_HAND,
                        .span = span,
                        .from = *tr_build_names(parse, NULL, stage),
                        .giver = giver,
                        .taker = taker,
                        .trigger = TRIGGER_WHEN,
                        .when = when});
}

static void part_twice(tr_parse *parse, bool there, tr_span span, const char *part) {
  if (there)
    tr_report(parse->diags, DIAG_REPEATED, span, "'%s' stands twice in this hand-over", part);
}

tr_clause *tr_build_at_once(tr_parse *parse, tr_span span, tr_clause *hand, tr_name to) {
  part_twice(parse, hand->at_once || hand->accepted_to.text, to.span, "accepted");
  hand->at_once = true;
  hand->accepted_to = to;
  hand->span = span;
  return hand;
}

tr_clause *tr_build_accepted(tr_parse *parse, tr_span span, tr_clause *hand, tr_name by,
                             tr_name to) {
  part_twice(parse, hand->accepted_to.text != NULL, by.span, "accepted");
  hand->accepted_by = by;
  hand->accepted_to = to;
  hand->span = span;
  return hand;
}

tr_clause *tr_build_rejected(tr_parse *parse, tr_span span, tr_clause *hand, tr_name by, tr_name to,
                             tr_name reason) {
  part_twice(parse, hand->rejected_by.text != NULL, by.span, "rejected");
  hand->rejected_by = by;
  hand->rejected_to = to;
  hand->rejected_reason = reason;
  hand->span = span;
  return hand;
}

tr_clause *tr_build_recycled(tr_parse *parse, tr_span span, tr_clause *hand, int64_t after_ms,
                             tr_name to) {
  if (after_ms < 1)
    tr_report(parse->diags, DIAG_OUT_OF_RANGE, span, "a lead stays a millisecond at least");
  hand->recycle_ms = after_ms > 0 ? after_ms : 1;
  hand->recycle_to = to;
  return hand;
}

tr_clause *tr_build_sent_back(tr_parse *parse, tr_span span, tr_clause *hand, tr_name by,
                              tr_name until) {
  part_twice(parse, hand->sent_back_by.text != NULL, by.span, "sent back");
  hand->sent_back_by = by;
  hand->sent_until = until;
  hand->span = span;
  return hand;
}

tr_clause *tr_build_withdrawn(tr_parse *parse, tr_span span, tr_clause *hand, tr_expr *when) {
  part_twice(parse, hand->withdrawn != NULL, when->span, "withdrawn");
  hand->withdrawn = when;
  hand->span = span;
  return hand;
}

static tr_terms terms_of(tr_within within, const tr_terms *steps) {
  tr_terms terms = steps ? *steps : (tr_terms){.pauses_most_ms = -1};
  terms.within = within;
  return terms;
}

tr_clause *tr_build_respond(tr_parse *parse, tr_span span, tr_clause *hand, tr_within within,
                            const tr_terms *steps) {
  part_twice(parse, hand->responds, within.span, "respond");
  hand->responds = true;
  hand->terms = terms_of(within, steps);
  hand->span = span;
  return hand;
}

/* ---- Duties ---------------------------------------------------------------------------------- */

/* What is collected of a duty: its clause is made when all of it was read. */
tr_duty_decl *tr_build_owed(tr_parse *parse, tr_name party, tr_name owed) {
  return TR_BUILD_KEEP(parse, tr_duty_decl, {.party = party, .owed = owed, .times = 1});
}

tr_duty_decl *tr_build_owed_times(tr_parse *parse, tr_span span, tr_duty_decl *duty,
                                  int64_t millionths) {
  bool good =
      millionths % 1000000 == 0 && millionths >= 1000000 && millionths <= INT64_C(1000) * 1000000;
  if (good)
    duty->times = (uint32_t)(millionths / 1000000);
  else
    tr_report(parse->diags, DIAG_OUT_OF_RANGE, span, "a duty is owed 1 to 1,000 times");
  return duty;
}

tr_duty_decl *tr_build_to_know(tr_parse *parse, tr_span span, tr_name party, tr_names *facts,
                               bool of_every_member) {
  tr_expr *all = NULL;
  for (uint32_t i = 0; i < facts->count; i++) {
    tr_name fact = facts->items[i];
    tr_expr *known =
        tr_build_unary(parse, EXPR_IS_KNOWN, fact.span, tr_build_ref(parse, fact.span, fact));
    all = all ? tr_build_and(parse, span, all, known) : known;
  }
  if (of_every_member) all = tr_build_over(parse, EXPR_EVERY_HAS, span, GROUP_MEMBERS, all);
  return TR_BUILD_KEEP(parse, tr_duty_decl,
                       {.party = party,
                        .times = 1,
                        .facts = *facts,
                        .of_every_member = of_every_member,
                        .known = all});
}

tr_duty_decl *tr_build_duty_start(tr_parse *parse, tr_start_kind start, tr_name from) {
  return TR_BUILD_KEEP(parse, tr_duty_decl, {.start = start, .from = from});
}

tr_duty_decl *tr_build_duty_within(tr_duty_decl *duty, tr_within within,
                                   const tr_duty_decl *start) {
  duty->start = start->start;
  duty->from = start->from;
  duty->within = within;
  return duty;
}

tr_duty_decl *tr_build_duty_every(tr_duty_decl *duty, tr_within within) {
  duty->start = START_WHILE;
  duty->within = within;
  return duty;
}

static void duty_part_twice(tr_parse *parse, bool there, tr_span span, const char *part) {
  if (!there) return;
  tr_diag *diag =
      tr_report(parse->diags, DIAG_REPEATED, span, "'%s' stands twice in this duty", part);
  tr_diag_help(diag, "Join the conditions by 'and' or 'or'.");
}

tr_duty_decl *tr_build_duty_while(tr_parse *parse, tr_span span, tr_duty_decl *duty,
                                  tr_expr *when) {
  duty_part_twice(parse, duty->owed_while != NULL, span, "while");
  duty->owed_while = when;
  return duty;
}

tr_duty_decl *tr_build_duty_unless(tr_parse *parse, tr_span span, tr_duty_decl *duty,
                                   tr_expr *when) {
  duty_part_twice(parse, duty->unless != NULL, span, "unless");
  duty->unless = when;
  return duty;
}

tr_clause *tr_build_owes(tr_parse *parse, tr_span span, tr_duty_decl *duty, const tr_terms *steps) {
  return TR_BUILD_KEEP(parse, tr_clause,
                       {.kind = CLAUSE_OWES,
                        .trigger = TRIGGER_OWED,
                        .span = span,
                        .duty = duty,
                        .terms = terms_of(duty->within, steps)});
}

/* ---- Quotas ---------------------------------------------------------------------------------- */

tr_quota_decl *tr_build_quota(tr_parse *parse, tr_name party, tr_expr *amount, tr_name counted,
                              tr_name per) {
  return TR_BUILD_KEEP(parse, tr_quota_decl,
                       {.party = party, .amount = amount, .counted = counted, .per = per});
}

tr_quota_decl *tr_build_quota_of(tr_quota_decl *quota, tr_name field) {
  quota->field = field;
  return quota;
}

tr_clause *tr_build_quota_clause(tr_parse *parse, tr_span span, tr_quota_decl *quota,
                                 const tr_terms *steps) {
  tr_within period = {.span = span};
  return TR_BUILD_KEEP(parse, tr_clause,
                       {.kind = CLAUSE_QUOTA,
                        .trigger = TRIGGER_PERIOD,
                        .span = span,
                        .quota = quota,
                        .terms = terms_of(period, steps)});
}

/* ---- Contacts -------------------------------------------------------------------------------- */

tr_limit_decl *tr_build_limit_to(tr_parse *parse, tr_span head, tr_name party, tr_entity with,
                                 tr_span most_span, int64_t millionths, int64_t span_ms) {
  return TR_BUILD_KEEP(parse, tr_limit_decl,
                       {.head = head,
                        .party = party,
                        .with = with,
                        .most_span = most_span,
                        .most = millionths,
                        .span_ms = span_ms});
}

tr_clause *tr_build_limit(tr_parse *parse, tr_span span, tr_limit_decl *limit, tr_expr *when) {
  limit->when = when;
  return TR_BUILD_KEEP(
      parse, tr_clause,
      {.kind = CLAUSE_LIMIT, .trigger = TRIGGER_CONTACT, .span = span, .limit = limit});
}

tr_clause *tr_build_never(tr_parse *parse, tr_span span, tr_span head, tr_name party,
                          tr_expr *when) {
  tr_limit_decl *limit = TR_BUILD_KEEP(
      parse, tr_limit_decl, {.head = head, .party = party, .never = true, .with = ENTITY_NONE});
  return tr_build_limit(parse, span, limit, when);
}

/* ---- Messages -------------------------------------------------------------------------------- */

static tr_clause *build_tell(tr_parse *parse, tr_span span, tr_name who, const char *say,
                             tr_trigger trigger) {
  return TR_BUILD_KEEP(
      parse, tr_clause,
      {.kind = CLAUSE_TELL, .trigger = trigger, .span = span, .who = who, .say = say});
}

tr_clause *tr_build_tell_on(tr_parse *parse, tr_span span, tr_name who, const char *say,
                            tr_pattern on) {
  tr_clause *clause = build_tell(parse, span, who, say, TRIGGER_ON);
  clause->on = on;
  return clause;
}

tr_clause *tr_build_tell_when(tr_parse *parse, tr_span span, tr_name who, const char *say,
                              tr_expr *when) {
  tr_clause *clause = build_tell(parse, span, who, say, TRIGGER_WHEN);
  clause->when = when;
  return clause;
}

/* ---- Plays ----------------------------------------------------------------------------------- */

static void play_part_twice(tr_parse *parse, bool there, tr_span span, const char *part) {
  if (there) tr_report(parse->diags, DIAG_REPEATED, span, "'%s' stands twice in this play", part);
}

tr_play_decl *tr_build_play_head(tr_parse *parse, tr_name name, tr_expr *with) {
  return TR_BUILD_KEEP(parse, tr_play_decl, {.name = name, .with = with});
}

tr_play_decl *tr_build_play_while(tr_parse *parse, tr_span span, tr_play_decl *play,
                                  tr_expr *when) {
  play_part_twice(parse, play->holds_while != NULL, span, "while");
  play->holds_while = when;
  return play;
}

tr_play_decl *tr_build_play_lines(tr_parse *parse) { return TR_NEW(parse->arena, tr_play_decl); }

tr_play_decl *tr_build_play_say(tr_parse *parse, tr_span span, tr_play_decl *lines,
                                const char *say) {
  play_part_twice(parse, lines->say != NULL, span, "say");
  lines->say = say;
  return lines;
}

tr_play_decl *tr_build_play_offer(tr_parse *parse, tr_play_decl *lines, tr_play_offer *offer) {
  TR_PUSH(parse->arena, &lines->offers, *offer);
  return lines;
}

tr_play_offer *tr_build_offer_of(tr_parse *parse, tr_span span, tr_name catalogue,
                                 tr_play_matches *matches) {
  tr_play_offer *offer = TR_NEW(parse->arena, tr_play_offer);
  *offer = (tr_play_offer){.span = span, .catalogue = catalogue, .most = -1};
  if (matches) offer->matches = *matches;
  return offer;
}

tr_play_offer *tr_build_offer_most(tr_play_offer *offer, tr_span span, int64_t millionths) {
  offer->most_span = span;
  offer->most = millionths;
  return offer;
}

tr_play_matches *tr_build_matches(tr_parse *parse, tr_play_matches *matches, tr_play_match match) {
  if (!matches) matches = TR_NEW(parse->arena, tr_play_matches);
  TR_PUSH(parse->arena, matches, match);
  return matches;
}

tr_clause *tr_build_play(tr_parse *parse, tr_span span, tr_play_decl *head, tr_play_decl *lines) {
  lines->name = head->name;
  lines->with = head->with;
  lines->holds_while = head->holds_while;
  return TR_BUILD_KEEP(
      parse, tr_clause,
      {.kind = CLAUSE_PLAY, .trigger = TRIGGER_MEMBERS, .span = span, .play = lines});
}

static tr_clause *build_move(tr_parse *parse, tr_span span, tr_names *from, tr_name to,
                             tr_name reason, tr_trigger trigger) {
  return TR_BUILD_KEEP(parse, tr_clause,
                       {.kind = CLAUSE_MOVE,
                        .span = span,
                        .from = *from,
                        .to = to,
                        .reason = reason,
                        .trigger = trigger});
}

tr_clause *tr_build_move_on(tr_parse *parse, tr_span span, tr_names *from, tr_name to,
                            tr_pattern on, tr_name reason) {
  tr_clause *clause = build_move(parse, span, from, to, reason, TRIGGER_ON);
  clause->on = on;
  return clause;
}

tr_clause *tr_build_move_when(tr_parse *parse, tr_span span, tr_names *from, tr_name to,
                              tr_expr *when, tr_name reason) {
  tr_clause *clause = build_move(parse, span, from, to, reason, TRIGGER_WHEN);
  clause->when = when;
  return clause;
}

tr_clause *tr_build_move_after(tr_parse *parse, tr_span span, tr_names *from, tr_name to,
                               int64_t after_ms, tr_name reason) {
  tr_clause *clause = build_move(parse, span, from, to, reason, TRIGGER_AFTER);
  clause->after_ms = after_ms;
  return clause;
}

tr_within tr_build_within(tr_parse *parse, tr_span span, int64_t millionths, int64_t unit_ms,
                          tr_name calendar) {
  if (calendar.text && unit_ms >= 86400000) {
    tr_diag *diag =
        tr_report(parse->diags, DIAG_WRONG_FORM, span, "days in a calendar are business days");
    tr_diag_help(diag, "Write 'business days', or give the time in hours.");
  }
  return (tr_within){.span = span,
                     .calendar = calendar,
                     .amount_ms = tr_build_duration(parse, span, millionths, unit_ms)};
}

tr_within tr_build_within_bare(tr_parse *parse, tr_span span, int64_t millionths, int64_t unit_ms) {
  tr_diag *diag =
      tr_report(parse->diags, DIAG_MISSING, span, "this deadline does not say whose hours count");
  tr_diag_help(diag, "Write 'in CALENDAR' for its open hours, or 'around the clock'.");
  return tr_build_within(parse, span, millionths, unit_ms, (tr_name){0});
}

int64_t tr_build_business(tr_parse *parse, tr_span span, int64_t millionths, int64_t unit_ms) {
  bool whole = millionths % 1000000 == 0 && millionths > 0 && millionths <= INT64_C(1000) * 1000000;
  if (unit_ms == 86400000 && whole) return millionths / 1000000;
  if (unit_ms < 86400000) {
    tr_diag *diag =
        tr_report(parse->diags, DIAG_WRONG_FORM, span, "only days are counted as business days");
    tr_diag_help(diag, "Take out 'business': hours in a calendar are its open hours.");
    return 0;
  }
  tr_report(parse->diags, DIAG_OUT_OF_RANGE, span,
            "business time is 1 to 1,000 whole business days");
  return 1;
}

/* What was said of hours is read on as hours. */
tr_within tr_build_within_days(tr_span span, int64_t days, tr_name calendar) {
  return (tr_within){.span = span,
                     .amount_ms = days > 0 ? days : 1,
                     .business_days = days > 0,
                     .calendar = calendar};
}

tr_within tr_build_tier(tr_span span, tr_expr *tier, tr_name calendar) {
  return (tr_within){.span = span, .calendar = calendar, .tier = tier};
}

tr_step *tr_build_step(tr_parse *parse, tr_span span, tr_step_kind kind, tr_name who) {
  return TR_BUILD_KEEP(parse, tr_step, {.kind = kind, .span = span, .who = who});
}

tr_steps *tr_build_step_list(tr_parse *parse, tr_steps *steps, tr_step *step) {
  if (!steps) steps = TR_NEW(parse->arena, tr_steps);
  if (step) TR_PUSH(parse->arena, steps, *step);
  return steps;
}

tr_terms *tr_build_terms(tr_parse *parse) {
  return TR_BUILD_KEEP(parse, tr_terms, {.pauses_most_ms = -1});
}

tr_terms *tr_build_steps(tr_parse *parse, tr_terms *terms, int64_t percent, tr_steps *more) {
  for (uint32_t i = 0; i < more->count; i++) {
    tr_step step = more->items[i];
    step.percent_millionths = percent / 100;
    TR_PUSH(parse->arena, &terms->steps, step);
  }
  return terms;
}

tr_terms *tr_build_steps_days(tr_parse *parse, tr_terms *terms, int64_t days, tr_steps *more) {
  for (uint32_t i = 0; i < more->count; i++) {
    tr_step step = more->items[i];
    step.business_days = days > 0 ? days : 1;
    TR_PUSH(parse->arena, &terms->steps, step);
  }
  return terms;
}

tr_terms *tr_build_pauses(tr_parse *parse, tr_span span, tr_terms *terms, tr_expr *when,
                          int64_t most_ms) {
  if (terms->pauses) {
    tr_diag *diag = tr_report(parse->diags, DIAG_REPEATED, span, "'pauses' stands twice here");
    tr_diag_help(diag, "Join the conditions by 'or'.");
  }
  terms->pauses = when;
  terms->pauses_most_ms = most_ms;
  return terms;
}
