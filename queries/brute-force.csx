// Needs no audit rule: PAM and the programs that people log in with write these records themselves.
//
// Guessing that auth-failures-repeated (five failures of one account through PAM in five minutes) does not see:
//   one address, any accounts       ten attempts in five minutes; those through PAM on one account count as one
//   one address, slowly             thirty attempts in an hour, or attempts in twelve different hours of a day
//   one account, many addresses     ten addresses in an hour
// The second and the third are left out where guessing by the same address, or of the same account, was reported before.
#load "lib/logins.csx"

Query("brute-force", Severity.High, "Logins are being guessed: by one address, slowly, or from many addresses")
    .Attack("T1110.001", "T1110.003")
    .From(audit =>
    {
        var failures = FailedAttempts(audit);
        var remote = failures.Where(e => Address(e) is not null);
        var repeated = audit.Records("USER_AUTH").Where(FailedLogin).Frequency("repeated", e => Account(e)!, count: 5, within: Minutes(5));
        var fast = remote.Frequency("fast", e => Address(e)!, count: 10, within: Minutes(5), distinct: Unit);
        var slow = remote.Frequency("hour", e => Address(e)!, count: 30, within: Hours(1))
            .Merge(remote.Frequency("day", e => Address(e)!, count: 12, within: Hours(24), distinct: HourOf))
            .LatestOrNone("fast addresses", fast.Merge(repeated), s => s.Key, f => Address(f.Event) ?? "", Hours(25))
            .Where(s => s.Known is null)
            .Suppress("slow addresses", s => s.Key, Hours(24));
        var distributed = remote.Where(e => Account(e) is not null)
            .Frequency("accounts", e => Account(e)!, count: 10, within: Hours(1), distinct: Address)
            .LatestOrNone("repeated accounts", repeated, d => d.Key, r => r.Key, Hours(2))
            .Where(d => d.Known is null);
        return Observable.Merge<Episode<string>>(fast, slow, distributed);
    })
    .Alert(found => $"{found.Host}: {Guess(found)}",
        attack: found => found is Frequency<AuditEvent, string> ? ["T1110.001", "T1110.003"] : ["T1110.001"]);

// What counts apart within one address: attempts through PAM on one account are one, as auth-failures-repeated reports those.
object Unit(AuditEvent e) => e.Type == RecordType.UserAuth && Account(e) is { } account ? account : $"{e.OccurredTicks} {e.Serial}";

object HourOf(AuditEvent e) => e.OccurredTicks / TimeSpan.TicksPerHour;

string Guess(Episode<string> found) => found switch
{
    Frequency<AuditEvent, string> fast =>
        $"{fast.Key} failed to log in {fast.Count} times, last as {Account(fast.Event) ?? "an account that is unknown here"}",
    Suppressed<Latest<Frequency<AuditEvent, string>, Frequency<AuditEvent, string>?, string>, string> { Newest.Event: var slow } =>
        slow.Last - slow.First < Hours(1)
            ? $"{slow.Key} failed to log in {slow.Count} times since {slow.First:u}"
            : $"{slow.Key} failed to log in during {slow.Count} different hours since {slow.First:u}",
    Latest<Frequency<AuditEvent, string>, Frequency<AuditEvent, string>?, string> { Event: var many } =>
        $"{many.Key} failed to log in from {many.Count} different addresses since {many.First:u}, last from {Address(many.Event)}",
    _ => "",
};
