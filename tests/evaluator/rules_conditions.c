/* rules_conditions.c - conditions at random. */
#include "rules_inside.h"
#include "words.h"

const char *const scope_names[SCOPES] = {"account", "person", "lead", "member"};

const char *trigger(rules *rules) {
  static const char *const signals[SIGNALS_MAX] = {"sig0", "sig1", "sig2", "sig3"};
  if (rules->has_limits && one_in(rules, 8)) return "contact.over_limit";
  int at = roll(rules, rules->signals + RULES_EVENTS);
  return at < rules->signals ? signals[at] : rules_events[at - rules->signals];
}

const char *duration(rules *rules) {
  static const char *const spans[] = {"1 hours", "2 hours", "5 hours", "30 minutes", "1 days"};
  return DICE_PICK(rules->dice, spans);
}

const char *comparison(rules *rules) {
  static const char *const words[] = {"=", "is not", "<", "<=", ">", ">="};
  return DICE_PICK(rules->dice, words);
}

/* An entity that is seen from a scope. */
scope at_hand(rules *rules, scope from) {
  switch (from) {
    case ACCOUNT: return ACCOUNT;
    case PERSON: return one_in(rules, 2) ? PERSON : ACCOUNT;
    case LEAD: return one_in(rules, 2) ? LEAD : ACCOUNT;
    default: return (scope)roll(rules, SCOPES);
  }
}

static bool sees(scope from, scope what) {
  return from == what || what == ACCOUNT || from == MEMBER;
}

/* What stands before a field. */
static const char *prefix(const rules *rules, scope scope) {
  static const char *const words[SCOPES] = {"account.", "person.", "lead.", "member."};
  return scope == LEAD && rules->of_leads ? "" : words[scope];
}

/* Where a lead stands, or has been. */
static void stay(rules *rules) {
  static const char *const stages[] = {"new", "good", "took", "park", "gone"};
  const char *stage = DICE_PICK(rules->dice, stages);
  switch (rules->of_leads ? 0 : roll(rules, 8)) {
    default:
      put(rules, "%sstage %s %s", prefix(rules, LEAD), one_in(rules, 2) ? "=" : "is not", stage);
      return;
    case 4: put(rules, "times entered %s >= %d", stage, 1 + roll(rules, 2)); return;
    case 5: put(rules, "time in stage >= %s", duration(rules)); return;
    case 6: put(rules, "age of lead %s %s", comparison(rules), duration(rules)); return;
    case 7: put(rules, "days since date entered %s >= %d", stage, roll(rules, 2)); return;
  }
}

const char *any_word(rules *rules) { return words[roll(rules, WORDS)].text; }
static const char *any_pattern(rules *rules) {
  return word_patterns[roll(rules, WORD_PATTERNS)].text;
}

static void text_fact(rules *rules, const char *entity, const char *field) {
  static const char *const verbs[] = {"=",           "is not",    "is exactly",
                                      "starts with", "ends with", "contains"};
  static const char *const regexes[] = {"^Head", "e$", "of", "^e", "STRASSE", "^"};
  put(rules, "%s%s ", entity, field);
  switch (roll(rules, 10)) {
    case 0: put(rules, "in (\"%s\", \"%s\")", any_word(rules), any_word(rules)); return;
    case 1: put(rules, "%sin some_words", one_in(rules, 2) ? "" : "is not "); return;
    case 2: put(rules, "matches \"%s\"", DICE_PICK(rules->dice, regexes)); return;
    case 3:
    case 4:
      put(rules, "has any of (\"%s\", \"%s\")", any_pattern(rules), any_pattern(rules));
      return;
    default: put(rules, "%s \"%s\"", DICE_PICK(rules->dice, verbs), any_word(rules)); return;
  }
}

static void date_fact(rules *rules, const char *entity, const char *field) {
  switch (roll(rules, 4)) {
    case 0:
      put(rules, "days until %s%s %s %d", entity, field, comparison(rules), roll(rules, 5) - 1);
      return;
    case 1:
      put(rules, "days since %s%s between %d and %d", entity, field, roll(rules, 3) - 1,
          1 + roll(rules, 3));
      return;
    default:
      put(rules, "%s%s %s 2026-03-0%d", entity, field, comparison(rules), 1 + roll(rules, 5));
      return;
  }
}

const char *const phase_names[PHASES] = {"early", "looking", "choosing", "sure"};

static void phase_fact(rules *rules) {
  const char *phase = DICE_PICK(rules->dice, phase_names);
  if (one_in(rules, 3))
    put(rules, "phase before %s", phase);
  else
    put(rules, "%sphase %s %s", prefix(rules, LEAD), comparison(rules), phase);
}

/* One that some promotion keeps; -1: there is none. */
static int any_kept(rules *rules) {
  unsigned all = rules->kept[0] | rules->kept[1];
  int at = roll(rules, KEPT_VALUES);
  if (rules->to_be_kept) all &= ~(1U << KEPT_TRUTH); /* of what type it is cannot be told */
  if (all == 0) return -1;
  while (!(all >> at & 1)) at = (at + 1) % KEPT_VALUES;
  return at;
}

static void kept_fact(rules *rules, int kept) {
  switch (kept) {
    case KEPT_SIZE: put(rules, "best.size %s %d", comparison(rules), roll(rules, 6)); return;
    case KEPT_KIND: put(rules, "best.kind = %s", one_in(rules, 2) ? "x" : "y"); return;
    case KEPT_ROLES: put(rules, "best.roles has chief"); return;
    case KEPT_DUE: date_fact(rules, "best.", "due"); return;
    case KEPT_LABEL: text_fact(rules, "best.", "label"); return;
    case KEPT_TOP: put(rules, "best.top %s %d", comparison(rules), roll(rules, 6)); return;
    case KEPT_WAITED: put(rules, "best.waited >= %s", duration(rules)); return;
    case KEPT_POINTS:
      put(rules, "best.points %s %d.03125", one_in(rules, 2) ? ">=" : "<", roll(rules, 20));
      return;
    default: put(rules, "best.truth"); rules->asks_more = true;
  }
}

void fact(rules *rules, scope scope) {
  static const char *const kinds[] = {"x", "y", "z"};
  static const char *const ranks[] = {"low", "mid", "high"};
  static const char *const roles[] = {"user", "chief", "buyer"};
  const char *entity = prefix(rules, at_hand(rules, scope));
  if ((scope == LEAD || scope == MEMBER) && one_in(rules, 6)) {
    if (rules->has_phases && one_in(rules, 2)) {
      phase_fact(rules);
      return;
    }
    int kept = one_in(rules, 2) ? any_kept(rules) : -1;
    if (kept < 0)
      stay(rules);
    else
      kept_fact(rules, kept);
    return;
  }
  switch (roll(rules, 12)) {
    case 8:
    case 9: text_fact(rules, entity, "label"); return;
    case 10:
    case 11: date_fact(rules, entity, "due"); return;
    case 0: put(rules, "%skind = %s", entity, DICE_PICK(rules->dice, kinds)); return;
    case 1: put(rules, "%skind in (x, %s)", entity, one_in(rules, 2) ? "y" : "z"); return;
    case 2: put(rules, "%sflag", entity); return;
    case 3:
      put(rules, "%srank %s %s", entity, comparison(rules), DICE_PICK(rules->dice, ranks));
      return;
    case 4: put(rules, "%sroles has %s", entity, DICE_PICK(rules->dice, roles)); return;
    case 5:
      put(rules, "%ssize between %d and %d", entity, roll(rules, 3), 3 + roll(rules, 3));
      return;
    case 6: {
      static const char *const fields[] = {"size", "kind", "roles", "rank", "label", "due"};
      put(rules, "%s%s is %s", entity, DICE_PICK(rules->dice, fields),
          one_in(rules, 2) ? "known" : "unknown");
      return;
    }
    default: put(rules, "%ssize %s %d", entity, comparison(rules), roll(rules, 6)); return;
  }
}

static void event_fact(rules *rules) {
  switch (roll(rules, 6)) {
    case 4: text_fact(rules, "", "t"); return;
    case 5: date_fact(rules, "", "d"); return;
    case 0: put(rules, "n >= %d", roll(rules, 6)); return;
    case 1: put(rules, "k is not y"); return;
    case 2: put(rules, "s > low"); return;
    default: put(rules, "f"); return;
  }
}

void counting(rules *rules) {
  static const char *const measures[] = {"sum", "max", "min"};
  switch (roll(rules, 7)) {
    case 6: put(rules, "active in last %s", duration(rules)); return;
    case 4:
      put(rules, "%s of n of %s in last %s %s %d", DICE_PICK(rules->dice, measures),
          rules_events[roll(rules, RULES_EVENTS)], duration(rules), comparison(rules),
          roll(rules, 8));
      return;
    case 5:
      put(rules, "count of days with %s in last %s >= %d", trigger(rules),
          one_in(rules, 2) ? "2 days" : "7 days", 1 + roll(rules, 2));
      return;
    case 0: put(rules, "no %s in last %s", trigger(rules), duration(rules)); return;
    case 1: put(rules, "count of %s ever >= %d", trigger(rules), 1 + roll(rules, 4)); return;
    case 2:
      put(rules, "time since %s %s %s", trigger(rules), comparison(rules), duration(rules));
      return;
    default:
      put(rules, "count of %s in last %s %s %d", trigger(rules), duration(rules), comparison(rules),
          1 + roll(rules, 3));
  }
}

static void number(rules *rules, scope scope) {
  const char *entity = prefix(rules, at_hand(rules, scope));
  switch (roll(rules, 5)) {
    case 0: put(rules, "%ssize + %d", entity, roll(rules, 4)); return;
    case 1: put(rules, "(%ssize otherwise %d)", entity, roll(rules, 4)); return;
    case 2: put(rules, "larger of (%ssize, %d)", entity, roll(rules, 4)); return;
    case 3: put(rules, "%ssize - %ssize", entity, prefix(rules, at_hand(rules, scope))); return;
    default: put(rules, "smaller of (%ssize, %d)", entity, 1 + roll(rules, 4)); return;
  }
}

/* Thresholds that no score meets exactly, where one halves. */
static void score_condition(rules *rules, scope scope) {
  int score = roll(rules, rules->scores);
  if (!sees(scope, rules->score_scope[score])) {
    fact(rules, scope);
    return;
  }
  if (rules->score_halves[score])
    put(rules, "score%d %s %d.03125", score, one_in(rules, 2) ? ">=" : "<", roll(rules, 20));
  else
    put(rules, "score%d %s %d", score, comparison(rules), roll(rules, 20));
}

static void define_condition(rules *rules, scope scope) {
  int define = roll(rules, rules->defines);
  int table = rules->tables > 0 ? roll(rules, rules->tables) : -1;
  if (table >= 0 && one_in(rules, 2) && sees(scope, rules->table_scope[table]))
    put(rules, "tab%d %s %d", table, comparison(rules), roll(rules, 5));
  else if (sees(scope, rules->define_scope[define]) &&
           !(rules->to_be_kept && rules->define_asks_more[define])) {
    put(rules, "def%d", define);
    rules->asks_more |= rules->define_asks_more[define];
  } else
    fact(rules, scope);
}

static void group(rules *rules, int depth) {
  bool members = !one_in(rules, 4) || rules->to_be_kept;
  const char *words = members ? "member" : "other lead of account";
  const char *plural = members ? "members" : "other leads of account";
  scope inside = members ? MEMBER : LEAD;
  rules->in_group = true;
  rules->of_leads = !members;
  rules->asks_more |= !members;
  switch (roll(rules, 4)) {
    case 0:
    case 1:
      put(rules, "%s %s has (", one_in(rules, 2) ? "any" : "every", words);
      condition(rules, inside, depth);
      put(rules, ")");
      break;
    case 2:
      put(rules, "count of %s with (", plural);
      condition(rules, inside, depth);
      put(rules, ") >= %d", 1 + roll(rules, 2));
      break;
    default: {
      static const char *const operations[] = {"sum", "max", "min"};
      put(rules, "%s of %ssize of %s >= %d", DICE_PICK(rules->dice, operations),
          prefix(rules, inside), plural, roll(rules, 8));
    }
  }
  rules->in_group = rules->of_leads = false;
}

void condition(rules *rules, scope scope, int depth) {
  int kind = roll(rules, depth > 0 ? 12 : 7);
  if (rules->in_event) kind = kind >= 7 ? 7 + roll(rules, 3) : roll(rules, 3);
  switch (kind) {
    case 0: fact(rules, scope); return;
    case 1:
      if (rules->in_event)
        event_fact(rules);
      else
        fact(rules, scope);
      return;
    case 2:
      if (rules->in_event) {
        fact(rules, scope);
        return;
      }
      number(rules, scope);
      put(rules, " %s %d", comparison(rules), roll(rules, 6));
      return;
    case 3:
    case 4: counting(rules); return;
    case 5:
      if (rules->scores > 0) {
        score_condition(rules, scope);
        return;
      }
      fact(rules, scope);
      return;
    case 6:
      if (rules->defines > 0) {
        define_condition(rules, scope);
        return;
      }
      fact(rules, scope);
      return;
    case 7:
    case 8: {
      const char *word = one_in(rules, 2) ? "and" : "or";
      put(rules, "(");
      condition(rules, scope, depth - 1);
      put(rules, " %s ", word);
      condition(rules, scope, depth - 1);
      put(rules, ")");
      return;
    }
    case 9:
      put(rules, "not (");
      condition(rules, scope, depth - 1);
      put(rules, ")");
      return;
    case 10:
      put(rules, "at least %d of (", 1 + roll(rules, 3));
      for (int i = 0; i < 3; i++) {
        if (i > 0) put(rules, ", ");
        condition(rules, scope, depth - 1);
      }
      put(rules, ")");
      return;
    default:
      if (scope == LEAD && !rules->in_group)
        group(rules, depth - 1);
      else
        fact(rules, scope);
  }
}

void term(rules *rules, int depth) {
  static const char *const simple[] = {
      "lead.size >= 2",   "lead.size < 4",      "lead.flag",           "not lead.flag",
      "lead.rank >= mid", "lead.size is known", "lead.kind in (x, y)", "not lead.roles has chief"};
  if (!rules->is_lively || one_in(rules, 6))
    condition(rules, LEAD, depth);
  else if (one_in(rules, 4))
    put(rules, "no %s in last %s", trigger(rules), duration(rules));
  else
    put(rules, "%s", DICE_PICK(rules->dice, simple));
}
