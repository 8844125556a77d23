using Microsoft.Extensions.Logging;
using Streams.Events;

namespace Streams.Audit.Netlink;

/// <summary>The thread of the <see cref="AuditDaemon"/>: when it looks.</summary>
internal sealed partial class AuditWatch
{
    private const int Interval = 1000;

    // From a change to the look: somebody may be changing several things.
    private const int ChangeInterval = 100;

    // auditctl -D takes a second for a hundred rules, and is one act.
    private const int LongestChange = 2000;

    private const int RulesInterval = 60_000;

    private readonly AuditDaemon _daemon;
    private readonly IAuditRules? _rules;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action<Exception> _failed;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private string? _refusal;
    private bool _isStopped;
    private bool _hasChange;

    public AuditWatch(AuditDaemon daemon, IAuditRules? rules, TimeProvider time, ILogger log, Action<Exception> failed)
    {
        _daemon = daemon;
        _rules = rules;
        _time = time;
        _log = log;
        _failed = failed;
        _thread = new Thread(Run) { Name = "audit watch", IsBackground = true };
    }

    /// <summary>Why the state of audit could not be looked at last; null when it could. May be read from any thread.</summary>
    public string? Refusal => Volatile.Read(ref _refusal);

    /// <summary>Begins, once somebody reads the socket.</summary>
    public void Start() => _thread.Start();

    /// <summary>Looks at once.</summary>
    public void CheckSoon()
    {
        lock (_gate)
        {
            _hasChange = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Hands the records back and ends; somebody must read the socket meanwhile.</summary>
    public void Stop(int milliseconds)
    {
        lock (_gate)
        {
            _isStopped = true;
            Monitor.Pulse(_gate);
        }

        if (_thread.IsAlive) _thread.Join(milliseconds);
    }

    private void Run()
    {
        try
        {
            _daemon.Begin();
            long rulesAt = Clock + RulesInterval;
            while (Wait(out bool hasChange))
            {
                if (!_daemon.IsTold) continue;
                bool hasChecked = TryCheck(_daemon.Check);
                if (_rules is null) continue;
                if (_rules.NeedCheck() || hasChange) rulesAt = Clock;
                if (hasChecked && Clock >= rulesAt && TryCheck(_daemon.CheckRules)) rulesAt = Clock + RulesInterval;
            }

            _daemon.HandBack();
        }
        catch (Exception error)
        {
            _failed(error);
            TryHandBack();
        }
    }

    // The collector has failed already; who stops it meanwhile takes the connection away.
    private void TryHandBack()
    {
        try
        {
            _daemon.HandBack();
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            LogRefused(_log, error.Message);
        }
    }

    // The kernel answers late when others keep it busy with rules; the next look tells what this one did not.
    private bool TryCheck(Action check)
    {
        try
        {
            check();
            Volatile.Write(ref _refusal, null);
            return true;
        }
        catch (AuditException error)
        {
            if (_refusal is null) LogRefused(_log, error.Message);
            Volatile.Write(ref _refusal, error.Message);
            return false;
        }
    }

    // False when it is to end. What changes in quick succession is looked at once, when it has come to rest.
    private bool Wait(out bool hasChange)
    {
        lock (_gate)
        {
            if (!_isStopped && !_hasChange) Monitor.Wait(_gate, Interval);
            hasChange = _hasChange;
            for (long until = Clock + LongestChange; _hasChange && !_isStopped && Clock < until;)
            {
                _hasChange = false;
                Monitor.Wait(_gate, ChangeInterval);
            }

            _hasChange = false;
            return !_isStopped;
        }
    }

    private long Clock => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Refusal}")]
    private static partial void LogRefused(ILogger log, string refusal);
}
