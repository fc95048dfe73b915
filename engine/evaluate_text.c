/* evaluate_text.c - what is asked of texts: whether they are the same, hold a part, a word or a
 * pattern, and their domain. */
#include <string.h>

#include "engine/evaluate.h"
#include "engine/text_list.h"

tr_value tr_text_compare(tr_eval *eval, tr_opcode op, tr_value a, tr_value b) {
  treaty_engine *engine = eval->engine;
  if (a.known != KNOWN || b.known != KNOWN) return tr_truth_value(TREATY_UNKNOWN);
  if (op == TR_OP_SAME_TEXT)
    return tr_truth_value(tr_text_same(engine, a.low, b.low) ? TREATY_TRUE : TREATY_FALSE);
  treaty_text left = tr_text_bytes(engine, a.low), right = tr_text_bytes(engine, b.low);
  bool holds;
  if (op == TR_OP_SAME_BYTES) {
    holds = tr_bytes_same(left, right);
    return tr_truth_value(holds ? TREATY_TRUE : TREATY_FALSE);
  }
  size_t length, part_length;
  const char *text = tr_fold(&engine->step, left.bytes, left.length, &length);
  const char *part = tr_fold(&engine->step, right.bytes, right.length, &part_length);
  if (op == TR_OP_STARTS_WITH)
    holds = tr_text_starts_with(text, length, part, part_length);
  else if (op == TR_OP_ENDS_WITH)
    holds = tr_text_ends_with(text, length, part, part_length);
  else
    holds = tr_text_contains(text, length, part, part_length);
  return tr_truth_value(holds ? TREATY_TRUE : TREATY_FALSE);
}

tr_value tr_text_has(tr_eval *eval, tr_value list, tr_value wanted) {
  treaty_engine *engine = eval->engine;
  if (list.known != KNOWN || wanted.known != KNOWN) return tr_truth_value(TREATY_UNKNOWN);
  treaty_text all = tr_text_bytes(engine, list.low), member;
  for (size_t at = 0; tr_text_list_next(all, &at, &member);) {
    if (tr_text_same(engine, tr_text_loose(engine, member.bytes, member.length), wanted.low))
      return tr_truth_value(TREATY_TRUE);
  }
  return tr_truth_value(TREATY_FALSE);
}

tr_value tr_text_has_words(tr_eval *eval, tr_value value, uint32_t words) {
  if (value.known != KNOWN) return tr_truth_value(TREATY_UNKNOWN);
  treaty_text text = tr_text_bytes(eval->engine, value.low);
  bool holds = tr_words_match(eval->engine->program->words[words], &eval->engine->step, text.bytes,
                              text.length);
  return tr_truth_value(holds ? TREATY_TRUE : TREATY_FALSE);
}

tr_value tr_text_matches(tr_eval *eval, tr_value value, const tr_match *match) {
  if (value.known != KNOWN) return tr_truth_value(TREATY_UNKNOWN);
  treaty_text text = tr_text_bytes(eval->engine, value.low);
  tr_match_answer answer = tr_match_ask(match, text.bytes, text.length);
  if (answer == MATCH_NO_MEMORY) tr_memory_fail(&eval->engine->memory);
  return tr_truth_value(answer == MATCH_YES ? TREATY_TRUE : TREATY_FALSE);
}

tr_value tr_text_domain(tr_eval *eval, tr_value value) {
  const char *domain;
  size_t length;
  if (value.known != KNOWN) return value;
  treaty_text text = tr_text_bytes(eval->engine, value.low);
  if (!tr_domain_of(&eval->engine->step, text.bytes, text.length, &domain, &length))
    return (tr_value){.known = UNKNOWN};
  return tr_known_value(tr_text_loose(eval->engine, domain, length));
}
