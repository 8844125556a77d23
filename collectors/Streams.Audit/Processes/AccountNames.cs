using System.Text;

namespace Streams.Audit.Processes;

/// <summary>What a name is asked for.</summary>
/// <param name="IsGroup">Whether it is a group; a user otherwise.</param>
/// <param name="Id">Its number.</param>
public readonly record struct AccountId(bool IsGroup, uint Id);

/// <summary>
/// Names of users and groups: those in <c>/etc/passwd</c> and <c>/etc/group</c> at once, others from whoever answers questions later. Names
/// and their absence are kept for 60 s; what has no answer yet has no name meanwhile, or its old one. Safe for several threads.
/// </summary>
public sealed class AccountNames : IAccountNames
{
    /// <summary>How many answers are kept; one more makes it forget them all.</summary>
    public const int MaxAnswers = 8192;

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Unanswered = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly AccountFile _users;
    private readonly AccountFile _groups;
    private readonly Func<AccountId, bool> _ask;
    private readonly TimeProvider _clock;
    private readonly Dictionary<AccountId, Answer> _answers = [];
    private volatile int _version;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="users">The file with the users.</param>
    /// <param name="groups">The file with the groups.</param>
    /// <param name="ask">Takes a question without waiting, and later calls <see cref="Tell"/>; false when it cannot take it now.</param>
    /// <param name="clock">The clock by which names grow old.</param>
    public AccountNames(AccountFile users, AccountFile groups, Func<AccountId, bool> ask, TimeProvider clock)
    {
        _users = users;
        _groups = groups;
        _ask = ask;
        _clock = clock;
    }

    /// <inheritdoc/>
    public int Version => _version;

    /// <inheritdoc/>
    public long Unasked { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> User(uint id) => Name(_users, new AccountId(false, id));

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Group(uint id) => Name(_groups, new AccountId(true, id));

    /// <summary>The name of a user for a reader, not for a record; null for none.</summary>
    public string? UserText(uint id) => Text(User(id));

    /// <summary>The name of a group for a reader, not for a record; null for none.</summary>
    public string? GroupText(uint id) => Text(Group(id));

    /// <summary>Answers a question.</summary>
    /// <param name="account">What was asked for.</param>
    /// <param name="name">Its name; null when it has none.</param>
    public void Tell(AccountId account, string? name)
    {
        byte[] told = name is null ? [] : RecordText.Encode(Encoding.UTF8.GetBytes(name));
        lock (_gate)
        {
            if (_answers.TryGetValue(account, out Answer known) && known.Name.AsSpan().SequenceEqual(told)) told = known.Name;
            else _version++;
            Keep(account, new Answer(told, _clock.GetTimestamp(), IsAsked: false));
        }
    }

    private static string? Text(ReadOnlySpan<byte> name) => name.IsEmpty ? null : Encoding.UTF8.GetString(RecordText.Decode(name));

    private ReadOnlySpan<byte> Name(AccountFile file, AccountId account)
    {
        if (account.Id == 0) return "\"root\""u8;
        if (account.Id == ProcessRecord.Unset) return default;
        lock (_gate)
        {
            if (file.Refresh(_clock)) _version++;
            if (file.Find(account.Id) is { } local) return local;
            bool isKnown = _answers.TryGetValue(account, out Answer known);
            if (isKnown && _clock.GetElapsedTime(known.Since) < (known.IsAsked ? Unanswered : Kept)) return known.Name;
            if (_ask(account)) Keep(account, new Answer(known.Name ?? [], _clock.GetTimestamp(), IsAsked: true));
            else Unasked++;
            return known.Name;
        }
    }

    private void Keep(AccountId account, Answer answer)
    {
        if (_answers.Count >= MaxAnswers && !_answers.ContainsKey(account)) _answers.Clear();
        _answers[account] = answer;
    }

    /// <param name="Name">The name as a record has it; empty for none.</param>
    /// <param name="Since">When it was asked for or told.</param>
    /// <param name="IsAsked">Whether an answer is awaited; the name is the one before.</param>
    private readonly record struct Answer(byte[] Name, long Since, bool IsAsked);
}
