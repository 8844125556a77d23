using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Streams.Events;

namespace Streams.Audit.Processes;

/// <summary>
/// Looks names up one after the other on a thread of its own, since a directory server may take seconds to answer: whoever asks never
/// waits. The thread begins with the first question.
/// </summary>
public sealed partial class NameService : IDisposable
{
    /// <summary>How many questions may wait; further ones are not taken.</summary>
    public const int MaxQuestions = 1024;

    private readonly Channel<AccountId> _questions = Channel.CreateBounded<AccountId>(
        new BoundedChannelOptions(MaxQuestions) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Func<AccountId, string?> _lookup;
    private readonly Action<AccountId, string?> _answer;
    private int _isStarted;

    /// <summary>Makes a service that has not begun.</summary>
    /// <param name="lookup">Finds a name and may take its time; null for none.</param>
    /// <param name="answer">Takes the answers, on the service's thread.</param>
    public NameService(Func<AccountId, string?> lookup, Action<AccountId, string?> answer)
    {
        _lookup = lookup;
        _answer = answer;
    }

    /// <summary>The names of this host: its files, and what its name service switch (nsswitch.conf) knows beyond them.</summary>
    /// <param name="clock">The clock by which names grow old.</param>
    /// <param name="service">Stops the lookups when it is disposed.</param>
    public static AccountNames OfThisHost(TimeProvider clock, out NameService service)
    {
        AccountNames? names = null;
        var made = new NameService(Lookup, (account, name) => names!.Tell(account, name));
        service = made;
        return names = new AccountNames(new AccountFile("/etc/passwd"), new AccountFile("/etc/group"), made.Ask, clock);
    }

    /// <summary>Takes a question; false when too many wait, or after the end.</summary>
    public bool Ask(AccountId account)
    {
        if (!_questions.Writer.TryWrite(account)) return false;
        if (Interlocked.Exchange(ref _isStarted, 1) == 0)
            new Thread(Answer) { IsBackground = true, Name = "account names" }.Start();
        return true;
    }

    /// <summary>Takes no more questions; one that is being looked up is left to itself.</summary>
    public void Dispose() => _questions.Writer.TryComplete();

    /// <summary>Asks the system: getpwuid_r(3), getgrgid_r(3).</summary>
    internal static unsafe string? Lookup(AccountId account)
    {
        const int TooSmall = 34;
        const int Largest = 1 << 20;

        // struct passwd and struct group both begin with the name.
        byte* entry = stackalloc byte[128];
        for (int size = 4096; size <= Largest; size *= 4)
        {
            byte[] texts = new byte[size];
            fixed (byte* room = texts)
            {
                void* found;
                int error = account.IsGroup
                    ? GetGroup(account.Id, entry, room, size, &found)
                    : GetUser(account.Id, entry, room, size, &found);
                if (error == TooSmall) continue;
                if (error != 0 || found == null) return null;
                return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*(byte**)entry));
            }
        }

        return null;
    }

    private void Answer()
    {
        ChannelReader<AccountId> questions = _questions.Reader;
        while (questions.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (questions.TryRead(out AccountId account)) Answer(account);
        }
    }

    // Where the system cannot be asked, as with another libc, an id has no name.
    private void Answer(AccountId account)
    {
        string? name = null;
        try
        {
            name = _lookup(account);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
        }

        _answer(account, name);
    }

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static unsafe partial int GetUser(uint id, byte* entry, byte* texts, nint size, void** found);

    [LibraryImport("libc", EntryPoint = "getgrgid_r")]
    private static unsafe partial int GetGroup(uint id, byte* entry, byte* texts, nint size, void** found);
}
