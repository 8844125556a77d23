// What counts as a login, however the program that did it names it. A program that asks PAM causes USER_AUTH; sshd, login and display
// managers write USER_LOGIN about the same attempt (sshd when the connection ends, up to LoginGraceTime later), and PAM writes USER_ERR
// where no account could be named. Servers that accept keys only, or have sshd without PAM, write USER_LOGIN alone.

// The account as the program named it, decoded; null where it named none, or one that does not exist (sshd, PAM and login hide its name,
// which may be a password typed too early).
string? Account(AuditEvent e) => (e.Data("acct") ?? e.Data("id")) is { Length: > 0 } account && !IsUnknown(account) ? account : null;

bool IsUnknown(string account) =>
    account is "?" or "(unknown)" or "(unknown user)" or "(invalid user)" or "(invalid)" or "UNKNOWN" or "UNKNOWN_USER" or "NOUSER"
        or "unset";

// The other host; an IPv4 address in IPv6 form counts as the IPv4 address.
string? Address(AuditEvent e) =>
    e.Data("addr") is not { Length: > 0 } address || address is "?" or "0.0.0.0" or "::" ? null
    : address.StartsWith("::ffff:", StringComparison.OrdinalIgnoreCase) && address.Contains('.') ? address[7..]
    : address;

string Origin(AuditEvent e) => Address(e) ?? e.Data("terminal") ?? "here";

bool FailedLogin(AuditEvent e) => e.Result == AuditResult.Fail && Account(e) is not null;

bool SucceededLogin(AuditEvent e) => e.Result == AuditResult.Success && Account(e) is not null;

// Each failed attempt once. A USER_LOGIN or USER_ERR is the same attempt as a USER_AUTH of the same process shortly before.
IObservable<AuditEvent> FailedAttempts(AuditSource audit) => audit.Records("USER_AUTH").Where(IsFailed).Merge(
    audit.Records("USER_LOGIN", "USER_ERR").Where(IsFailed)
        .LatestOrNone("attempts", audit.Records("USER_AUTH").Where(IsFailed),
            e => (e.Process.Pid, Address(e)), e => (e.Process.Pid, Address(e)), Minutes(3))
        .Where(attempt => attempt.Known is null)
        .Select(attempt => attempt.Event));

bool IsFailed(AuditEvent e) => e.Result == AuditResult.Fail;
