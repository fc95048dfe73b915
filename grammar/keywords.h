/* keywords.h - every word that means something in the language, once.
 *
 * W(TOKEN, "word", CLASS), in alphabetical order (the scanner searches by halves):
 *   RESERVED  prepositions, infix words and openers: no name may be one, so that errors show early
 *   SOFT      may be a name as well; the grammar tells which is meant (parser.y, `name:`)
 * Units and week days are two token classes of their own, below; both are soft. */
#ifndef TR_KEYWORDS_H
#define TR_KEYWORDS_H

#define TR_KEYWORDS(W)              \
  W(ABOUT, "about", SOFT)           \
  W(ABSENT, "absent", RESERVED)     \
  W(ACCEPTED, "accepted", RESERVED) \
  W(ACCOUNT, "account", SOFT)       \
  W(ACTIVE, "active", RESERVED)     \
  W(ACTIVITY, "activity", SOFT)     \
  W(ACTOR, "actor", SOFT)           \
  W(ADD, "add", RESERVED)           \
  W(AFTER, "after", RESERVED)       \
  W(AGE, "age", SOFT)               \
  W(AGREEMENT, "agreement", RESERVED) \
  W(ALL, "all", RESERVED)           \
  W(AND, "and", RESERVED)           \
  W(ANY, "any", RESERVED)           \
  W(APPLIES, "applies", RESERVED)   \
  W(ARE, "are", RESERVED)           \
  W(AROUND, "around", RESERVED)     \
  W(AS, "as", RESERVED)             \
  W(ASK, "ask", SOFT)               \
  W(ASSIGN, "assign", RESERVED)     \
  W(AT, "at", RESERVED)             \
  W(BACK, "back", SOFT)             \
  W(BECAUSE, "because", RESERVED)   \
  W(BECOMES, "becomes", SOFT)       \
  W(BEFORE, "before", RESERVED)     \
  W(BEGINS, "begins", SOFT)         \
  W(BELOW, "below", SOFT)           \
  W(BETWEEN, "between", RESERVED)   \
  W(BIND, "bind", RESERVED)         \
  W(BUSINESS, "business", SOFT)     \
  W(BUYER, "buyer", SOFT)           \
  W(BY, "by", RESERVED)             \
  W(CALENDAR, "calendar", RESERVED) \
  W(CASE, "case", SOFT)             \
  W(CATALOGUE, "catalogue", RESERVED) \
  W(CATCHING, "catching", SOFT)     \
  W(CLOCK, "clock", SOFT)           \
  W(CLOSED, "closed", SOFT)         \
  W(CONTACT, "contact", SOFT)       \
  W(CONTAINS, "contains", RESERVED) \
  W(COUNT, "count", SOFT)           \
  W(COUNTS, "counts", SOFT)         \
  W(CRITERION, "criterion", RESERVED) \
  W(DATE, "date", SOFT)             \
  W(DECAY, "decay", SOFT)           \
  W(DEFINE, "define", RESERVED)     \
  W(DOMAIN, "domain", SOFT)         \
  W(DUE, "due", SOFT)               \
  W(DURATION, "duration", SOFT)     \
  W(EACH, "each", SOFT)             \
  W(EARLIEST, "earliest", SOFT)     \
  W(ELSE, "else", RESERVED)         \
  W(ENDS, "ends", RESERVED)         \
  W(ENTERED, "entered", RESERVED)   \
  W(ENTERING, "entering", RESERVED) \
  W(ESCALATE, "escalate", RESERVED) \
  W(EVENT, "event", SOFT)           \
  W(EVENTS, "events", SOFT)         \
  W(EVER, "ever", RESERVED)         \
  W(EVERY, "every", RESERVED)       \
  W(EXACTLY, "exactly", RESERVED)   \
  W(EXCEPT, "except", RESERVED)     \
  W(EXPECT, "expect", RESERVED)     \
  W(EXPIRES, "expires", SOFT)       \
  W(FALSE, "false", RESERVED)       \
  W(FEWEST, "fewest", SOFT)         \
  W(FIRST, "first", SOFT)           \
  W(FIXED, "fixed", SOFT)           \
  W(FLAG, "flag", SOFT)             \
  W(FOR, "for", RESERVED)           \
  W(FORCE, "force", SOFT)           \
  W(FORGET, "forget", RESERVED)     \
  W(FROM, "from", RESERVED)         \
  W(FROZEN, "frozen", SOFT)         \
  W(GOES, "goes", SOFT)             \
  W(HALVES, "halves", SOFT)         \
  W(HAND, "hand", RESERVED)         \
  W(HAS, "has", RESERVED)           \
  W(HOLD, "hold", SOFT)             \
  W(HOLIDAYS, "holidays", SOFT)     \
  W(IF, "if", RESERVED)             \
  W(IGNORED, "ignored", SOFT)       \
  W(IN, "in", RESERVED)             \
  W(IS, "is", RESERVED)             \
  W(KEEP, "keep", RESERVED)         \
  W(KEYED, "keyed", RESERVED)       \
  W(KNOW, "know", SOFT)             \
  W(KNOWN, "known", RESERVED)       \
  W(LARGER, "larger", RESERVED)     \
  W(LAST, "last", RESERVED)         \
  W(LATE, "late", RESERVED)         \
  W(LATEST, "latest", SOFT)         \
  W(LEAD, "lead", SOFT)             \
  W(LEADS, "leads", SOFT)           \
  W(LEAST, "least", RESERVED)       \
  W(LIMIT, "limit", RESERVED)       \
  W(LIST, "list", SOFT)             \
  W(LOSES, "loses", SOFT)           \
  W(LOST, "lost", SOFT)             \
  W(LOWER, "lower", RESERVED)       \
  W(LOWERED, "lowered", RESERVED)   \
  W(MATCHES, "matches", RESERVED)   \
  W(MATCHING, "matching", SOFT)     \
  W(MAX, "max", SOFT)               \
  W(MAY, "may", RESERVED)           \
  W(MEMBER, "member", SOFT)         \
  W(MEMBERS, "members", RESERVED)   \
  W(MET, "met", SOFT)               \
  W(MIN, "min", SOFT)               \
  W(MONEY, "money", SOFT)           \
  W(MORE, "more", SOFT)             \
  W(MOST, "most", RESERVED)         \
  W(MOVE, "move", RESERVED)         \
  W(NEVER, "never", RESERVED)       \
  W(NO, "no", RESERVED)             \
  W(NONE, "none", SOFT)             \
  W(NOT, "not", RESERVED)           \
  W(NOTHING, "nothing", SOFT)       \
  W(NUMBER, "number", SOFT)         \
  W(OF, "of", RESERVED)             \
  W(OFFER, "offer", SOFT)           \
  W(ON, "on", RESERVED)             \
  W(ONCE, "once", RESERVED)         \
  W(ONE, "one", SOFT)               \
  W(ONLY, "only", SOFT)             \
  W(OPEN, "open", RESERVED)         \
  W(OPENED, "opened", SOFT)         \
  W(OR, "or", RESERVED)             \
  W(OTHER, "other", SOFT)           \
  W(OTHERS, "others", SOFT)         \
  W(OTHERWISE, "otherwise", RESERVED) \
  W(OVERRIDE, "override", SOFT)     \
  W(OWED, "owed", SOFT)             \
  W(OWES, "owes", RESERVED)         \
  W(OWNED, "owned", RESERVED)       \
  W(PARTY, "party", SOFT)           \
  W(PASS, "pass", SOFT)             \
  W(PAUSES, "pauses", SOFT)         \
  W(PEOPLE, "people", SOFT)         \
  W(PER, "per", SOFT)               \
  W(PERSON, "person", SOFT)         \
  W(PHASES, "phases", RESERVED)     \
  W(PICK, "pick", SOFT)             \
  W(PLAY, "play", RESERVED)         \
  W(POINTS, "points", SOFT)         \
  W(PREVIOUS, "previous", SOFT)     \
  W(PROMOTE, "promote", RESERVED)   \
  W(RAISE, "raise", RESERVED)       \
  W(REASON, "reason", SOFT)         \
  W(REASSIGN, "reassign", RESERVED) \
  W(REFUSED, "refused", SOFT)       \
  W(REJECTED, "rejected", RESERVED) \
  W(REMIND, "remind", RESERVED)     \
  W(REMOVE, "remove", RESERVED)     \
  W(REP, "rep", SOFT)               \
  W(RESET, "reset", SOFT)           \
  W(RESPOND, "respond", RESERVED)   \
  W(RETURN, "return", RESERVED)     \
  W(SAME, "same", SOFT)             \
  W(SAY, "say", SOFT)               \
  W(SCALE, "scale", SOFT)           \
  W(SCORE, "score", RESERVED)       \
  W(SEND, "send", RESERVED)         \
  W(SENDS, "sends", SOFT)           \
  W(SENT, "sent", RESERVED)         \
  W(SET, "set", SOFT)               \
  W(SETUP, "setup", RESERVED)       \
  W(SHADOW, "shadow", SOFT)         \
  W(SHARES, "shares", SOFT)         \
  W(SIGNAL, "signal", RESERVED)     \
  W(SIGNED, "signed", SOFT)         \
  W(SINCE, "since", RESERVED)       \
  W(SKIP, "skip", SOFT)             \
  W(SMALLER, "smaller", RESERVED)   \
  W(SOURCE, "source", SOFT)         \
  W(STAGE, "stage", SOFT)           \
  W(STAGES, "stages", RESERVED)     \
  W(STARTING, "starting", RESERVED) \
  W(STARTS, "starts", RESERVED)     \
  W(STOPPED, "stopped", SOFT)       \
  W(SUM, "sum", SOFT)               \
  W(TABLE, "table", RESERVED)       \
  W(TEAM, "team", SOFT)             \
  W(TELL, "tell", RESERVED)         \
  W(TEST, "test", SOFT)             \
  W(TEXT, "text", SOFT)             \
  W(THAN, "than", RESERVED)         \
  W(THE, "the", RESERVED)           \
  W(THEN, "then", RESERVED)         \
  W(TIME, "time", RESERVED)         \
  W(TIMES, "times", SOFT)           \
  W(TO, "to", RESERVED)             \
  W(TRUE, "true", RESERVED)         \
  W(TURNS, "turns", SOFT)           \
  W(TYPE, "type", SOFT)             \
  W(UNKNOWN, "unknown", RESERVED)   \
  W(UNKNOWNS, "unknowns", SOFT)     \
  W(UNLESS, "unless", RESERVED)     \
  W(UNMET, "unmet", SOFT)           \
  W(UNTIL, "until", RESERVED)       \
  W(UP, "up", SOFT)                 \
  W(USE, "use", RESERVED)           \
  W(VERSION, "version", SOFT)       \
  W(WHEN, "when", RESERVED)         \
  W(WHERE, "where", RESERVED)       \
  W(WHILE, "while", RESERVED)       \
  W(WHOLE, "whole", SOFT)           \
  W(WITH, "with", RESERVED)         \
  W(WITHDRAWN, "withdrawn", RESERVED) \
  W(WITHIN, "within", RESERVED)     \
  W(WITHOUT, "without", RESERVED)   \
  W(WON, "won", SOFT)               \
  W(ZONE, "zone", SOFT)

/* U("word", milliseconds) */
#define TR_UNITS(U)      \
  U("second", 1000)      \
  U("seconds", 1000)     \
  U("minute", 60000)     \
  U("minutes", 60000)    \
  U("hour", 3600000)     \
  U("hours", 3600000)    \
  U("day", 86400000)     \
  U("days", 86400000)    \
  U("week", 604800000)   \
  U("weeks", 604800000)

/* In the order of ISO 8601, Monday first. */
#define TR_WEEKDAYS(D) D("mon") D("tue") D("wed") D("thu") D("fri") D("sat") D("sun")

/* C("code", digits behind the point), ISO 4217 without funds and metals, alphabetical. */
#define TR_CURRENCIES(C) \
  C("AED", 2) C("AFN", 2) C("ALL", 2) C("AMD", 2) C("ANG", 2) C("AOA", 2) C("ARS", 2) C("AUD", 2) \
  C("AWG", 2) C("AZN", 2) C("BAM", 2) C("BBD", 2) C("BDT", 2) C("BGN", 2) C("BHD", 3) C("BIF", 0) \
  C("BMD", 2) C("BND", 2) C("BOB", 2) C("BRL", 2) C("BSD", 2) C("BTN", 2) C("BWP", 2) C("BYN", 2) \
  C("BZD", 2) C("CAD", 2) C("CDF", 2) C("CHF", 2) C("CLP", 0) C("CNY", 2) C("COP", 2) C("CRC", 2) \
  C("CUP", 2) C("CVE", 2) C("CZK", 2) C("DJF", 0) C("DKK", 2) C("DOP", 2) C("DZD", 2) C("EGP", 2) \
  C("ERN", 2) C("ETB", 2) C("EUR", 2) C("FJD", 2) C("FKP", 2) C("GBP", 2) C("GEL", 2) C("GHS", 2) \
  C("GIP", 2) C("GMD", 2) C("GNF", 0) C("GTQ", 2) C("GYD", 2) C("HKD", 2) C("HNL", 2) C("HTG", 2) \
  C("HUF", 2) C("IDR", 2) C("ILS", 2) C("INR", 2) C("IQD", 3) C("IRR", 2) C("ISK", 0) C("JMD", 2) \
  C("JOD", 3) C("JPY", 0) C("KES", 2) C("KGS", 2) C("KHR", 2) C("KMF", 0) C("KPW", 2) C("KRW", 0) \
  C("KWD", 3) C("KYD", 2) C("KZT", 2) C("LAK", 2) C("LBP", 2) C("LKR", 2) C("LRD", 2) C("LSL", 2) \
  C("LYD", 3) C("MAD", 2) C("MDL", 2) C("MGA", 2) C("MKD", 2) C("MMK", 2) C("MNT", 2) C("MOP", 2) \
  C("MRU", 2) C("MUR", 2) C("MVR", 2) C("MWK", 2) C("MXN", 2) C("MYR", 2) C("MZN", 2) C("NAD", 2) \
  C("NGN", 2) C("NIO", 2) C("NOK", 2) C("NPR", 2) C("NZD", 2) C("OMR", 3) C("PAB", 2) C("PEN", 2) \
  C("PGK", 2) C("PHP", 2) C("PKR", 2) C("PLN", 2) C("PYG", 0) C("QAR", 2) C("RON", 2) C("RSD", 2) \
  C("RUB", 2) C("RWF", 0) C("SAR", 2) C("SBD", 2) C("SCR", 2) C("SDG", 2) C("SEK", 2) C("SGD", 2) \
  C("SHP", 2) C("SLE", 2) C("SOS", 2) C("SRD", 2) C("SSP", 2) C("STN", 2) C("SVC", 2) C("SYP", 2) \
  C("SZL", 2) C("THB", 2) C("TJS", 2) C("TMT", 2) C("TND", 3) C("TOP", 2) C("TRY", 2) C("TTD", 2) \
  C("TWD", 2) C("TZS", 2) C("UAH", 2) C("UGX", 0) C("USD", 2) C("UYU", 2) C("UZS", 2) C("VED", 2) \
  C("VES", 2) C("VND", 0) C("VUV", 0) C("WST", 2) C("XAF", 0) C("XCD", 2) C("XOF", 0) C("XPF", 0) \
  C("YER", 2) C("ZAR", 2) C("ZMW", 2) C("ZWG", 2)

#endif
