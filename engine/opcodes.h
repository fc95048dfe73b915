/* opcodes.h - the instructions of conditions and values: OP(NAME, "operands", "meaning").
 * R[x] is a register: a value or unknown, a truth (false, true, unknown), or a range of values.
 * Interpreter, `treaty dump` and the enum come from this table. */
#ifndef TR_OPCODES_H
#define TR_OPCODES_H

#define TR_OPCODES(OP)                                                                              \
  OP(CONST, "A k", "R[A] = constant k")                                                             \
  OP(UNKNOWN, "A", "R[A] = unknown")                                                                \
  OP(FACT, "A e f", "R[A] = field f of entity e, or unknown")                                       \
  OP(EVENT, "A f", "R[A] = payload field f of the event, or unknown")                               \
  OP(EVENT_TIME, "A", "R[A] = the time of the event")                                               \
  OP(STAGE, "A", "R[A] = stage of the lead")                                                        \
  OP(OWNER, "A", "R[A] = owner of the lead")                                                        \
  OP(REP, "A", "R[A] = the person who has the lead, or unknown")                                   \
  OP(OPENED_AT, "A", "R[A] = when the lead was opened")                                             \
  OP(WON, "A", "R[A] = whether the lead stands at a stage that is won")                             \
  OP(PHASE, "A", "R[A] = phase of the buyer")                                                       \
  OP(AGE, "A", "R[A] = time since the lead was opened")                                             \
  OP(TIMES_ENTERED, "A z", "R[A] = how often the lead has entered stage z")                         \
  OP(DATE_ENTERED, "A z", "R[A] = the date on which it entered stage z last, or unknown")           \
  OP(TIME_IN_STAGE, "A", "R[A] = time since the lead entered its stage")                            \
  OP(PREVIOUS_REASON, "A", "R[A] = the reason last given when the lead moved, or unknown")          \
  OP(KEPT, "A x", "R[A] = kept value x as it was at the promotion, or unknown")                     \
  OP(SCORE, "A s", "R[A] = score s, a range where its conditions are unknown")                      \
  OP(COUNT, "A w k", "R[A] = events in window w within the last k ms; k < 0: ever")                 \
  OP(MEASURE, "A m k", "R[A] = measure m (a sum, an extreme, days) over the last k ms; k < 0: ever")  \
  OP(SINCE, "A w", "R[A] = time since the latest event of window w")                                \
  OP(DEFINE, "A d", "R[A] = definition d")                                                          \
  OP(CRITERION, "A c", "R[A] = whether criterion c is met")                                         \
  OP(LOOKUP, "A c v", "R[A] = value v of catalogue c for the keys in R[A], R[A+1] …")               \
  OP(TABLE, "A t", "R[A] = the value that table t gives")                                          \
  OP(ANY, "A g c", "R[A] = code c holds for any of group g")                                        \
  OP(EVERY, "A g c", "R[A] = code c holds for every one of group g")                                \
  OP(COUNT_WITH, "A g c", "R[A] = for how many of group g code c holds")                            \
  OP(SUM, "A g c", "R[A] = sum of code c over group g")                                             \
  OP(MAX, "A g c", "R[A] = largest value of code c over group g")                                   \
  OP(MIN, "A g c", "R[A] = smallest value of code c over group g")                                  \
  OP(OUTSIDE, "A c", "R[A] = code c for the lead outside of the group")                             \
  OP(NOT, "A B", "R[A] = not R[B], Kleene")                                                         \
  OP(AND, "A B C", "R[A] = R[B] and R[C], Kleene")                                                  \
  OP(OR, "A B C", "R[A] = R[B] or R[C], Kleene")                                                    \
  OP(AT_LEAST, "A B C", "R[A] = at least C of the truths from R[A] on, B of them, Kleene")          \
  OP(SKIP_FALSE, "A n", "go n instructions on if R[A] is false")                                    \
  OP(SKIP_TRUE, "A n", "go n instructions on if R[A] is true")                                      \
  OP(SKIP_KNOWN, "A n", "go n instructions on if R[A] is known")                                    \
  OP(EQ, "A B C", "R[A] = R[B] equals R[C]")                                                        \
  OP(LT, "A B C", "R[A] = R[B] is below R[C]")                                                      \
  OP(LE, "A B C", "R[A] = R[B] is at most R[C]")                                                    \
  OP(SAME_TEXT, "A B C", "R[A] = the texts are equal, letter case and Unicode form aside")          \
  OP(SAME_BYTES, "A B C", "R[A] = the texts are the same, byte for byte")                           \
  OP(SAME_SET, "A B n", "R[A] = sets R[A] and R[B], of n values, hold the same")                   \
  OP(IN, "A B v", "R[A] = R[B] is among the values v")                                              \
  OP(IN_LIST, "A B l", "R[A] = the text R[B] is in list l")                                         \
  OP(HAS, "A B C", "R[A] = the set R[B] holds value R[C]")                                          \
  OP(HAS_TEXT, "A B C", "R[A] = the list of texts R[B] holds text R[C]")                            \
  OP(STARTS_WITH, "A B C", "R[A] = the text R[B] starts with R[C]")                                 \
  OP(ENDS_WITH, "A B C", "R[A] = the text R[B] ends with R[C]")                                     \
  OP(CONTAINS, "A B C", "R[A] = the text R[B] contains R[C]")                                       \
  OP(WORDS, "A B w", "R[A] = the text R[B] has any of the words w")                                 \
  OP(MATCHES, "A B p", "R[A] = pattern p is found in the text R[B]")                                \
  OP(DOMAIN, "A B", "R[A] = domain of the text R[B], or unknown")                                   \
  OP(KNOWN, "A B", "R[A] = R[B] is known")                                                          \
  OP(KNOWN_SET, "A B n", "R[A] = all n values of the set R[B] are settled")                         \
  OP(ADD, "A B C", "R[A] = R[B] + R[C]; unknown where it does not fit")                             \
  OP(SUB, "A B C", "R[A] = R[B] - R[C]; unknown where it does not fit")                             \
  OP(MUL, "A B C", "R[A] = R[B] * R[C] / 1,000,000, half to even")                                  \
  OP(DIV, "A B C", "R[A] = R[B] * 1,000,000 / R[C], half to even; unknown by zero")                 \
  OP(SCALE, "A k", "R[A] = R[A] / constant k, half to even")                                        \
  OP(NEGATE, "A B", "R[A] = -R[B]")                                                                 \
  OP(LARGER, "A B C", "R[A] = the larger of R[B] and R[C]")                                         \
  OP(SMALLER, "A B C", "R[A] = the smaller of R[B] and R[C]")                                       \
  OP(LOWERED, "A B C", "R[A] = R[B] lowered by R[C] steps, not below the first")                    \
  OP(DAYS_UNTIL, "A B", "R[A] = calendar days from today to date R[B]")                             \
  OP(DATE_OF, "A B", "R[A] = the calendar date of instant R[B]")

#endif
