/* build_power.c - powers: what people of a party may decide. */
#include <string.h>

#include "grammar/build.h"

static tr_power *build(tr_parse *parse, tr_span span, tr_power_kind kind, tr_name party) {
  tr_power *power = TR_NEW(parse->arena, tr_power);
  *power =
      (tr_power){.kind = kind, .span = span, .party = party, .needs_reason = kind != POWER_PASS};
  return power;
}

tr_power *tr_build_may_go(tr_parse *parse, tr_span span, tr_power_kind kind, tr_name party,
                          const tr_power *way) {
  tr_power *power = build(parse, span, kind, party);
  power->from = way->from;
  power->to = way->to;
  power->when = way->when;
  return power;
}

tr_power tr_build_way(tr_names *from, tr_name to, tr_expr *when) {
  return (tr_power){.from = *from, .to = to, .when = when};
}

/* `a` is no word of the language: it may be a name elsewhere. */
static void expect_article(tr_parse *parse, tr_name article, const char *help) {
  if (strcmp(article.text, "a") != 0)
    tr_parse_wrong(parse, article.span, "a power is about one lead at a time", help);
}

tr_power *tr_build_may_hold(tr_parse *parse, tr_span span, tr_name party, tr_name article,
                            int64_t at_most_ms) {
  tr_power *power = build(parse, span, POWER_HOLD, party);
  power->at_most_ms = at_most_ms;
  expect_article(parse, article, "Write 'hold a lead'.");
  return power;
}

tr_power *tr_build_may_pass(tr_parse *parse, tr_span span, tr_name party, tr_name article,
                            tr_expr *when, bool needs_reason) {
  tr_power *power = build(parse, span, POWER_PASS, party);
  power->when = when;
  power->needs_reason = needs_reason;
  expect_article(parse, article, "Write 'pass a lead'.");
  return power;
}

tr_agreement *tr_build_power_add(tr_parse *parse, tr_agreement *body, tr_power *power) {
  TR_PUSH(parse->arena, &body->powers, power);
  return body;
}
