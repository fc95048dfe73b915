/* rules_terms.c - agreements at random: what the parties make of what is known. */
#include "rules_inside.h"

/* A score whose points a lead sees; -1: there is none. */
static int any_score(rules *rules) {
  int at = roll(rules, rules->scores);
  return rules->score_scope[at] == ACCOUNT || rules->score_scope[at] == LEAD ? at : -1;
}

static void keep(rules *rules, int kept) {
  static const char *const values[KEPT_VALUES] = {
      [KEPT_SIZE] = "lead.size",   [KEPT_KIND] = "lead.kind",
      [KEPT_ROLES] = "lead.roles", [KEPT_DUE] = "lead.due",
      [KEPT_LABEL] = "lead.label", [KEPT_TOP] = "top = max of member.size of members"};
  if (values[kept]) {
    put(rules, "%s", values[kept]);
  } else if (kept == KEPT_WAITED) {
    put(rules, "waited = %s", one_in(rules, 2) ? "time in stage" : "age of lead");
  } else if (kept == KEPT_POINTS) {
    int score = any_score(rules);
    put(rules, score < 0 ? "points = lead.size + 0.5" : "points = score%d", score);
  } else {
    rules->to_be_kept = true;
    put(rules, "truth = (");
    condition(rules, LEAD, 1);
    put(rules, ")");
    rules->to_be_kept = false;
  }
}

static void keeps(rules *rules, int promotion) {
  const char *comma = "\n    keep ";
  for (int i = 0; i < KEPT_VALUES; i++) {
    if (!(rules->kept[promotion] >> i & 1)) continue;
    put(rules, "%s", comma);
    keep(rules, i);
    comma = ", ";
  }
  put(rules, rules->kept[promotion] ? " as best\n" : "\n");
}

/* ---- A time allowed -------------------------------------------------------------------------- */

/* true: it counts business days. */
static bool time_allowed(rules *rules) {
  static const char *const spans[] = {"30 minutes", "90 minutes", "4 hours", "9 hours"},
                           *const calendars[] = {"office", "nights"};
  const char *calendar = DICE_PICK(rules->dice, calendars);
  switch (roll(rules, 5)) {
    case 4:
      if (one_in(rules, 2))
        put(rules, " within tier in %s", calendar);
      else
        put(rules, " within tier around the clock");
      return false;
    case 0: put(rules, " within %d business days in %s", 1 + roll(rules, 2), calendar); return true;
    case 1: put(rules, " within %s in %s", DICE_PICK(rules->dice, spans), calendar); return false;
    default: put(rules, " within %s around the clock", DICE_PICK(rules->dice, spans)); return false;
  }
}

static void message(rules *rules, const char *party) {
  switch (roll(rules, 3)) {
    case 0: put(rules, " remind %s", party); return;
    case 1: put(rules, " escalate to boss"); return;
    default: put(rules, " tell %s \"now\"", party); return;
  }
}

/* In order of time; the last one may lead away. */
static void steps(rules *rules, const char *party, bool days, const char *last) {
  static const int percents[] = {10, 50, 75, 100, 120, 200, 300};
  for (int i = 0; i < 7; i++) {
    if (!one_in(rules, 4) || (days && percents[i] % 100 != 0)) continue;
    put(rules, " at %d%%", percents[i]);
    message(rules, party);
    if (!one_in(rules, 4)) continue;
    put(rules, ",");
    message(rules, party);
  }
  if (last) put(rules, " at 400%% %s", last);
}

static void pauses(rules *rules) {
  if (!one_in(rules, 3)) return;
  put(rules, " pauses while ");
  term(rules, 1);
  if (one_in(rules, 2)) put(rules, ", at most %s in all", duration(rules));
}

static void terms(rules *rules, const char *party, const char *last) {
  bool days = time_allowed(rules);
  put(rules, " {");
  steps(rules, party, days, last);
  pauses(rules);
  put(rules, " }");
}

/* ---- Clauses --------------------------------------------------------------------------------- */

/* Something that comes with an event. */
static const char *event_trigger(rules *rules) {
  static const char *const signals[SIGNALS_MAX] = {"sig0", "sig1", "sig2", "sig3"};
  if (rules->has_limits && one_in(rules, 6)) return "contact.over_limit";
  int at = roll(rules, rules->signals + RULES_EVENTS);
  if (at < rules->signals && rules->signal_is_event[at]) return signals[at];
  return rules_events[at % RULES_EVENTS];
}

static void promote_new(rules *rules) {
  put(rules, "  promote new to good when crit0");
  keeps(rules, 0);
}

/* Else the checker shows a circle. */
static void demote_good(rules *rules) {
  if (!rules->demotes) return;
  put(rules, "  %s good to new when crit1 and not crit0", rules->kept[1] ? "promote" : "move");
  keeps(rules, 1);
}

static void hand_to_shop(rules *rules) {
  rules->hands_to_shop = !rules->offers_to_yard || !one_in(rules, 4);
  if (!rules->hands_to_shop) return;
  put(rules, "  hand good from desk to shop");
  if (one_in(rules, 2)) {
    put(rules, " when ");
    term(rules, 1);
  }
  if (one_in(rules, 4)) {
    put(rules, " accepted at once to took\n");
    return;
  }
  put(rules, " accepted by %s to took", one_in(rules, 3) ? event_trigger(rules) : "take");
  if (!one_in(rules, 3)) {
    put(rules, " rejected by deny to park");
    if (one_in(rules, 2)) put(rules, " for %s, then new", duration(rules));
  }
  if (one_in(rules, 2)) put(rules, " sent back by query, clock stopped until reply");
  if (one_in(rules, 3)) {
    put(rules, " withdrawn when ");
    term(rules, 1);
  }
  if (!one_in(rules, 4)) {
    const char *last = one_in(rules, 3)                            ? "return to park"
                       : rules->offers_to_yard && one_in(rules, 2) ? "offer to yard"
                                                                   : NULL;
    put(rules, " respond");
    terms(rules, "shop", last);
  }
  put(rules, "\n");
}

static void hand_to_yard(rules *rules) {
  if (!rules->offers_to_yard) return;
  put(rules, "  hand good from desk to yard when ");
  term(rules, 1);
  put(rules, " accepted by %s to far respond", one_in(rules, 2) ? "take" : "tip");
  terms(rules, "yard", one_in(rules, 3) ? "return to park" : NULL);
  put(rules, "\n");
}

static void deepen(rules *rules) {
  put(rules, "  move took to deep ");
  if (one_in(rules, 2)) {
    put(rules, "when ");
    term(rules, 2);
    put(rules, "\n");
  } else {
    put(rules, "on %s\n", event_trigger(rules));
  }
}

static void finish(rules *rules) {
  put(rules, "  move took, deep, far to done on %s%s\n", rules_events[roll(rules, RULES_EVENTS)],
      one_in(rules, 2) ? " where n >= 3" : "");
}

/* Whatever is known. */
static void go_ahead(rules *rules) {
  if (one_in(rules, 2)) put(rules, "  move new to good on %s\n", event_trigger(rules));
}

static void come_back(rules *rules) {
  put(rules, "  move park to new on %s\n", event_trigger(rules));
}

static void give_up(rules *rules) {
  if (one_in(rules, 3)) put(rules, "  move good to gone when crit2 with reason dull\n");
}

static void end(rules *rules) {
  static const char *const spans[] = {"9 hours", "40 hours", "200 hours"};
  put(rules, "  move new, good, took, deep, park, far to gone after %s with reason tired\n",
      DICE_PICK(rules->dice, spans));
}

/* Clauses act in the order of the file, which is any. */
static void clauses(rules *rules) {
  static void (*const all[])(struct rules *) = {
      promote_new, demote_good, hand_to_shop, hand_to_yard, deepen,
      finish,      come_back,   give_up,      go_ahead,     end};
  enum { COUNT = sizeof all / sizeof *all };
  bool said[COUNT] = {false};
  for (int i = 0; i < COUNT; i++) {
    int at = roll(rules, COUNT);
    while (said[at]) at = (at + 1) % COUNT;
    said[at] = true;
    all[at](rules);
  }
}

/* ---- Duties ---------------------------------------------------------------------------------- */

static void excuses(rules *rules) {
  static const char *const words[] = {"while", "unless"};
  if (!one_in(rules, 3)) return;
  put(rules, " %s ", DICE_PICK(rules->dice, words));
  term(rules, 1);
}

static void owed_within(rules *rules, const char *party) {
  static const char *const stages[] = {"new", "good", "took", "park"};
  bool days = time_allowed(rules);
  put(rules, " after ");
  switch (roll(rules, rules->in_rest ? 2 : 3)) {
    case 2: put(rules, "acceptance"); break;
    case 1: put(rules, "entering %s", DICE_PICK(rules->dice, stages)); break;
    default: put(rules, "%s", event_trigger(rules));
  }
  excuses(rules);
  put(rules, " {");
  steps(rules, party, days, one_in(rules, 4) ? "return to park" : NULL);
  pauses(rules);
  put(rules, " }\n");
}

static void owed_every(rules *rules) {
  static const char *const spans[] = {"30 minutes around the clock", "2 hours in office",
                                      "1 business days in nights", "5 hours around the clock"};
  put(rules, " every %s while ", DICE_PICK(rules->dice, spans));
  if (one_in(rules, 2))
    put(rules, "stage = %s", one_in(rules, 2) ? "good" : "took");
  else
    term(rules, 1);
  if (one_in(rules, 3)) {
    put(rules, " unless ");
    term(rules, 1);
  }
  put(rules, " { at 100%%");
  message(rules, "desk");
  pauses(rules);
  put(rules, " }\n");
}

static void owed_to_know(rules *rules) {
  put(rules, " to know ");
  switch (roll(rules, 4)) {
    case 0: put(rules, "lead.due, account.kind"); break;
    case 1: put(rules, "size of every member"); break;
    case 2: put(rules, "roles of every member"); break;
    default: put(rules, "lead.label");
  }
}

/* Each party owes what is its own to do. */
static void duty(rules *rules) {
  static const char *const of_desk[] = {"note", "reply"}, *const of_shop[] = {"take", "query"};
  bool desk = one_in(rules, 2);
  const char *party = desk ? "desk" : "shop";
  put(rules, "  %s owes", party);
  if (one_in(rules, 4)) {
    owed_to_know(rules);
    owed_within(rules, party);
    return;
  }
  put(rules, " %s", desk ? DICE_PICK(rules->dice, of_desk) : DICE_PICK(rules->dice, of_shop));
  if (one_in(rules, 3)) {
    owed_every(rules);
    return;
  }
  if (one_in(rules, 4)) put(rules, " 2 times");
  owed_within(rules, party);
}

static void duties(rules *rules) {
  for (int i = roll(rules, 4); i > 0; i--) duty(rules);
}

/* ---- Contacts -------------------------------------------------------------------------------- */

static void contact_limit(rules *rules) {
  static const char *const whose[] = {"", " by desk", " by shop"};
  bool each = one_in(rules, 2);
  if (one_in(rules, 3)) {
    put(rules, "  never contact%s when ", DICE_PICK(rules->dice, whose));
    condition(rules, MEMBER, 1);
    put(rules, "\n");
    return;
  }
  put(rules, "  limit contact by %s with %s to %d in %s", one_in(rules, 2) ? "desk" : "shop",
      each ? "each person" : "the account", 1 + roll(rules, 3), duration(rules));
  if (one_in(rules, 2)) {
    put(rules, " while ");
    condition(rules, each ? MEMBER : LEAD, 1);
  }
  put(rules, "\n");
}

static void contact_limits(rules *rules) {
  for (int i = roll(rules, 3); i >= 0 && rules->has_limits; i--) contact_limit(rules);
}

/* ---- What people may decide; what is said beside ------------------------------------------- */

static void if_it_holds(rules *rules, const char *word) {
  if (!one_in(rules, 3)) return;
  put(rules, " %s ", word);
  term(rules, 1);
}

static void power(rules *rules) {
  static const char *const powers[] = {
      "shop may move took, deep to gone",     "desk may move new, good to park",
      "desk may move new, park to gone",      "desk may override promote new to good",
      "shop may hold a lead at most 5 hours", "desk may hold a lead at most 30 hours",
      "desk may override hand good to shop"};
  int at = roll(rules, rules->hands_to_shop ? 7 : 6);
  if (rules->has_people && one_in(rules, 3)) {
    put(rules, "  %s may pass a lead", one_in(rules, 4) ? "desk" : "shop");
    if_it_holds(rules, "when");
    put(rules, one_in(rules, 2) ? " with reason\n" : "\n");
    return;
  }
  put(rules, "  %s", powers[at]);
  if (at < 4 || at == 6) if_it_holds(rules, "when");
  put(rules, " with reason\n");
}

static void powers(rules *rules) {
  for (int i = 3 + roll(rules, 6); i > 0 && rules->has_powers; i--) power(rules);
}

static void beside(rules *rules) {
  if (one_in(rules, 4))
    put(rules, "  tell shop \"hear\" on %s\n", event_trigger(rules));
  else if (one_in(rules, 4))
    put(rules, "  tell desk \"hear\" on %s where n >= 3\n",
        rules_events[roll(rules, RULES_EVENTS)]);
  if (one_in(rules, 3)) {
    put(rules, "  tell boss \"look\" when ");
    term(rules, 1);
    put(rules, "\n");
  }
  if (!one_in(rules, 3)) return;
  put(rules, "  play \"brief\" for member with (");
  rules->in_group = true;
  condition(rules, MEMBER, 1);
  rules->in_group = false;
  put(rules, ")");
  if_it_holds(rules, "while");
  put(rules, " { say \"bring it\" }\n");
}

/* ---- People ---------------------------------------------------------------------------------- */

static void team(rules *rules, const char *name, const char *party) {
  static const char *const picks[] = {"turns", "shares", "fewest open"};
  /* No caps: whether a lead that nobody could have is tried again before or after another one moves
   * at the instant at which a place becomes free, the language does not say. */
  put(rules, "team %s of %s { pick by %s%s }\n", name, party, DICE_PICK(rules->dice, picks),
      one_in(rules, 2) ? ", skip absent" : "");
}

static void people(rules *rules) {
  if (!rules->has_people) return;
  team(rules, "north", "shop");
  team(rules, "south", "desk");
  put(rules,
      "people {\n  \"jo\" in north, share 60%%, hours office, likes 3\n"
      "  \"mia\" in north, share 25%%, hours nights, likes 1\n"
      "  \"kai\" in north, share 15%%, likes 5\n"
      "  \"zoe\" in south, hours office, likes 2\n  \"lee\" in south, likes 4\n}\n");
}

static void to_whom(rules *rules, const char *team, const char *somebody) {
  static const char *const named[] = {"previous rep", "rep of latest other lead of account",
                                      "rep of earliest other lead of account"};
  if (one_in(rules, 3)) put(rules, "%s else ", DICE_PICK(rules->dice, named));
  if (one_in(rules, 4)) {
    put(rules, "\"%s\" where ", somebody);
    term(rules, 1);
    put(rules, " else ");
  }
  if (one_in(rules, 3)) put(rules, "%s where lead.size %s likes else ", team, comparison(rules));
  put(rules, "%s", team);
}

static void at_times(rules *rules, bool may_be_absent) {
  switch (roll(rules, may_be_absent ? 4 : 3)) {
    case 0: put(rules, " on %s\n", event_trigger(rules)); return;
    case 1: put(rules, " after %s\n", duration(rules)); return;
    case 2:
      put(rules, " when ");
      term(rules, 1);
      put(rules, "\n");
      return;
    default: put(rules, " when rep is absent more than %s\n", duration(rules));
  }
}

static void assignments(rules *rules) {
  if (!rules->has_people) return;
  put(rules, "  assign took, deep to ");
  to_whom(rules, "north", "mia");
  put(rules, "\n");
  if (one_in(rules, 2)) {
    put(rules, "  assign new, good to ");
    to_whom(rules, "south", "zoe");
    put(rules, "\n");
  }
  for (int i = roll(rules, 3); i > 0; i--) {
    put(rules, "  reassign took, deep to ");
    to_whom(rules, "north", "jo");
    at_times(rules, true);
  }
  if (!one_in(rules, 3)) return;
  put(rules, "  open took to north");
  at_times(rules, false);
}

static void owed_by_rep(rules *rules) {
  static const char *const steps[] = {"", " { at 100% reassign to north }",
                                      " { at 50% remind shop at 100% open to north }",
                                      " { at 200% reassign to north }"};
  if (!rules->has_people || one_in(rules, 3)) return;
  put(rules, "  shop owes query within %s after assignment%s\n",
      one_in(rules, 2) ? "2 hours in hours of rep" : "90 minutes around the clock",
      DICE_PICK(rules->dice, steps));
}

/* ---- The whole ------------------------------------------------------------------------------- */

/* Without a condition it is for all that no other one takes. */
static void applies(rules *rules) {
  static const char *const of_fields[] = {"lead.size >= 2", "lead.flag", "account.kind is not x",
                                          "(lead.rank > low or account.size < 3)",
                                          "not (lead.roles has chief and lead.flag)"};
  if (!rules->applies_to_some) {
    put(rules, "  applies otherwise\n");
    return;
  }
  put(rules, "  applies when %s\n", DICE_PICK(rules->dice, of_fields));
}

static void version(rules *rules, int number, const char *force) {
  put(rules, "agreement \"random\" version %d between desk, shop and yard in force %s {\n", number,
      force);
  applies(rules);
  rules->offers_to_yard = one_in(rules, 2);
  duties(rules);
  clauses(rules);
  assignments(rules);
  owed_by_rep(rules);
  contact_limits(rules);
  beside(rules);
  powers(rules);
  duties(rules);
  put(rules, "}\n");
}

/* From some day of the history on, mostly for good. */
static void next_version(rules *rules) {
  static const char *const forces[] = {
      "from 2026-03-03",
      "from 2026-03-03",
      "from 2026-03-03 catching up",
      "from 2026-03-03 to 2026-03-04",
      "from 2026-03-03 stage deep becomes took",
      "from 2026-03-03 stage took becomes far stage park becomes new"};
  version(rules, 2, DICE_PICK(rules->dice, forces));
}

/* For those that the other one does not take. */
static void rest(rules *rules) {
  put(rules,
      "agreement \"rest\" version 1 between desk, shop and yard in force from 2026-01-01 {\n"
      "  applies otherwise\n  move new to good on %s\n",
      event_trigger(rules));
  put(rules, "  move new, good, took, deep, park, far to gone after 30 hours with reason tired\n");
  rules->in_rest = true;
  duty(rules);
  put(rules, "}\n");
}

void agreement(rules *rules) {
  put(rules,
      "stages {\n  new owned by desk, opened by (ask)\n  good owned by desk\n"
      "  took owned by shop\n  deep owned by shop\n  far owned by yard\n  park owned by desk\n"
      "  done owned by shop, won\n  gone owned by desk, lost, reason one of (dull, tired)\n}\n"
      "table tier of lead duration by lead.kind {\n"
      "  x -> 30 minutes\n  y -> 3 hours\n  z -> 20 hours\n}\n"
      "calendar office { mon to fri 09:00 to 17:00 }\n"
      "calendar nights { mon to sat 22:00 to 06:00, 12:00 to 12:30 closed on 2026-03-04 }\n");
  people(rules);
  rules->applies_to_some = one_in(rules, 3);
  version(rules, 1, "from 2026-01-01");
  if (one_in(rules, 2)) next_version(rules);
  if (rules->applies_to_some && one_in(rules, 2)) rest(rules);
}
