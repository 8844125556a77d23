using System.Globalization;
using System.Text;

namespace Streams.Audit.Rules;

/// <summary>Compiles one line in the syntax of auditctl(8).</summary>
internal sealed class RuleLine
{
    // AUDIT_MAX_KEY_LEN of linux/audit.h, for all keys of a rule together.
    private const int LongestKeys = 256;

    // PATH_MAX of linux/limits.h.
    private const int LongestPath = 4096;

    private readonly RuleEnvironment _environment;
    private readonly List<RuleProblem> _problems;
    private readonly string _file;
    private readonly int _line;
    private readonly List<RuleField> _fields = [];
    private readonly List<string> _keys = [];
    private readonly uint[] _mask = new uint[RuleBinary.MaskWords];
    private readonly List<(RuleFieldType Field, RuleOperator Operator, int Column)> _tests = [];
    private RuleList? _list;
    private RuleAction _action = RuleAction.Always;
    private bool _isWatch;
    private bool _hasCalls;
    private bool _hasKnownCalls;
    private uint _arch;

    private RuleLine(RuleEnvironment environment, string file, int line, List<RuleProblem> problems)
    {
        _environment = environment;
        _file = file;
        _line = line;
        _problems = problems;
    }

    /// <summary>Compiles a line.</summary>
    /// <param name="text">The line.</param>
    /// <param name="file">Where it stands, for what is reported.</param>
    /// <param name="line">Its number.</param>
    /// <param name="environment">What it depends on beside its text.</param>
    /// <param name="settings">What it says about the kernel's settings is added here.</param>
    /// <param name="problems">What is wrong with it is added here.</param>
    /// <returns>The rule; null for a comment, a control option, or a line that is wrong.</returns>
    public static PlacedRule? Compile(
        string text, string file, int line, RuleEnvironment environment, ref RuleSettings settings, List<RuleProblem> problems)
    {
        var compiled = new RuleLine(environment, file, line, problems);
        try
        {
            List<RuleWord> words = RuleWords.Split(text, out int openQuote);
            if (openQuote > 0) throw new RuleException(openQuote, "the quote is not closed");
            if (words.Count == 0) return null;
            return RuleControl.TryApply(words, ref settings, compiled.Warn) ? null : compiled.Rule(words);
        }
        catch (RuleException error)
        {
            problems.Add(new RuleProblem(file, line, error.Column, IsError: true, error.Message));
            return null;
        }
    }

    private void Warn(int column, string message) => _problems.Add(new RuleProblem(_file, _line, column, IsError: false, message));

    private PlacedRule Rule(List<RuleWord> words)
    {
        bool inFront = false;
        for (int at = 0; at < words.Count; at += 2)
        {
            RuleWord option = words[at];
            if (option.Text is "-d" or "-W")
                throw new RuleException(option.Column, "deletes a rule; leave the rule out instead, and it is removed");
            if (option.Text is not ("-a" or "-A" or "-w" or "-p" or "-S" or "-F" or "-C" or "-k"))
                throw new RuleException(option.Column, Unknown(option.Text));
            if (at + 1 == words.Count) throw new RuleException(option.Column, $"{option.Text} needs a value");
            RuleWord value = words[at + 1];
            if (value.Text.Length == 0) throw new RuleException(value.Column, $"{option.Text} needs a value that is not empty");
            inFront |= option.Text == "-A";
            Apply(option, value);
        }

        return new PlacedRule(Finish(), inFront, _file, _line);
    }

    private static string Unknown(string option) => option.StartsWith('-')
        ? $"{option} is no option of a rule; rules have -a, -A, -w, -p, -S, -F, -C and -k"
        : $"{option} belongs to no option; put what has blanks into quotes";

    private void Apply(RuleWord option, RuleWord value)
    {
        switch (option.Text)
        {
            case "-a" or "-A":
                SetList(option, value);
                break;
            case "-w":
                SetWatch(option, value);
                break;
            case "-p":
                SetPermissions(value);
                break;
            case "-S":
                AddCalls(value);
                break;
            case "-F":
                AddField(value);
                break;
            case "-C":
                AddComparison(value);
                break;
            default:
                _keys.Add(value.Text);
                _tests.Add((RuleFields.Find(RuleFields.Key)!, RuleOperator.Equal, option.Column));
                break;
        }
    }

    private void SetList(RuleWord option, RuleWord value)
    {
        if (_isWatch)
            throw new RuleException(option.Column, "a watch has no list; write -a always,exit -F path=… -F perm=… instead of -w");
        if (_list is not null) throw new RuleException(option.Column, "the rule has a list already; write one rule a line");
        string[] parts = value.Text.Split(',');
        if (parts.Length != 2)
            throw new RuleException(value.Column, $"{value.Text} is no action and list; write always,exit or never,exit");
        if (parts.Contains("possible"))
            throw new RuleException(value.Column, "possible is an action that no kernel takes any more; write always or never");
        if (parts.Contains("entry"))
            throw new RuleException(value.Column, "entry is a list that no kernel has any more; write exit, which sees the same calls");
        string list = parts[0] is "always" or "never" ? parts[1] : parts[0];
        string action = parts[0] is "always" or "never" ? parts[0] : parts[1];
        _action = action switch
        {
            "always" => RuleAction.Always,
            "never" => RuleAction.Never,
            _ => throw new RuleException(value.Column, $"{value.Text} has no action; write always or never"),
        };
        _list = list switch
        {
            "user" => RuleList.User,
            "task" => RuleList.Task,
            "exit" => RuleList.Exit,
            "exclude" => RuleList.Exclude,
            "filesystem" => RuleList.Filesystem,
            "io_uring" => RuleList.IoUring,
            _ => throw new RuleException(value.Column, $"there is no list {list}; write exit, user, task, exclude, filesystem or io_uring"),
        };
    }

    private void SetWatch(RuleWord option, RuleWord value)
    {
        if (_isWatch) throw new RuleException(option.Column, "a rule watches one path; write one rule a line");
        if (_list is not null) throw new RuleException(option.Column, "-w is a rule of its own; write -F path=… or -F dir=… with -a");
        string path = value.Text.TrimEnd('/');
        if (path.Length == 0 && value.Text[0] == '/') path = "/";
        CheckPath(path, value.Column);
        if (path.AsSpan().IndexOfAny("*?[") >= 0)
            Warn(value.Column, "audit knows no wildcards; only a file of exactly this name is watched");
        _isWatch = true;
        uint field = _environment.IsFolder(path) ? RuleFields.Folder : RuleFields.Path;
        uint permissions = RulePermissions.All;
        int given = _fields.FindIndex(each => each.Number == RuleFields.Permissions);
        if (given >= 0)
        {
            permissions = _fields[given].Value;
            _fields.RemoveAt(given);
        }

        _fields.InsertRange(0, [new(field, RuleOperator.Equal, 0, path), new(RuleFields.Permissions, RuleOperator.Equal, permissions)]);
    }

    private void SetPermissions(RuleWord value)
    {
        if (!RulePermissions.TryParse(value.Text, out uint bits))
            throw new RuleException(value.Column, $"{value.Text} are no permissions; write some of r, w, x and a");
        var field = new RuleField(RuleFields.Permissions, RuleOperator.Equal, bits);
        int at = _fields.FindIndex(each => each.Number == RuleFields.Permissions);
        if (at < 0) _fields.Add(field);
        else _fields[at] = field;
    }

    private void AddCalls(RuleWord value)
    {
        _hasCalls = true;
        int column = value.Column;
        foreach (string call in value.Text.Split(','))
        {
            if (call.Length > 0) AddCall(call, column);
            column += call.Length + 1;
        }
    }

    private void AddCall(string call, int column)
    {
        if (call == "all")
        {
            _mask.AsSpan().Fill(uint.MaxValue);
            _hasKnownCalls = true;
            return;
        }

        if (!int.TryParse(call, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) number = NumberOf(call);
        else if (number >= RuleMachine.Calls)
            throw new RuleException(column, $"{call} is no number of a system call; the largest is {RuleMachine.Calls - 1}");
        if (number < 0)
        {
            Warn(column, UnknownCall(call));
            return;
        }

        _hasKnownCalls = true;
        _mask[number / 32] |= 1U << (number % 32);
        if (_list == RuleList.IoUring && !IoUringOperations.IsAudited(number))
            Warn(column, $"the kernel never audits {call} of io_uring (audit_skip in io_uring/opdef.c); it has no effect");
    }

    private uint CallTable => _arch != 0 ? _arch : _environment.Machine.Bits64;

    private int NumberOf(string call) =>
        _list == RuleList.IoUring ? IoUringOperations.Number(call) : _environment.Machine.CallNumber(CallTable, call);

    private string UnknownCall(string call)
    {
        if (_list == RuleList.IoUring) return $"io_uring has no operation {call} that is known here; it is left out";
        RuleMachine machine = _environment.Machine;
        string arch = machine.ArchitectureText(CallTable);
        uint other = CallTable == machine.Bits64 ? machine.Bits32 : machine.Bits64;
        return machine.CallNumber(other, call) >= 0
            ? $"{call} is a system call of {machine.ArchitectureText(other)} and not of {arch}; it is left out"
            : $"{arch} has no system call {call} that is known here; it is left out";
    }

    private void AddField(RuleWord value)
    {
        if (!RuleOperators.TryFind(value.Text, out int at, out int length, out RuleOperator by))
        {
            throw new RuleException(
                value.Column, $"{value.Text} compares nothing; write a field, an operator and a value, such as auid>=1000");
        }

        string name = value.Text[..at];
        string text = value.Text[(at + length)..];
        int column = value.Column + at + length;
        RuleFieldType field = RuleFields.Find(name)
            ?? throw new RuleException(value.Column, $"there is no field {name}; there are {string.Join(", ", RuleFields.Names)}");
        if (text.Length == 0) throw new RuleException(column, $"{name} is compared with nothing; write a value behind the operator");
        if (!field.Takes(by)) throw new RuleException(value.Column + at, $"{name} cannot be compared with {value.Text.AsSpan(at, length)}");
        _tests.Add((field, by, value.Column));
        switch (field.Kind)
        {
            case RuleFieldKind.Key:
                _keys.Add(text);
                break;
            case RuleFieldKind.Architecture:
                SetArchitecture(text, by, value.Column, column);
                break;
            case RuleFieldKind.WatchedPath or RuleFieldKind.WatchedFolder or RuleFieldKind.Executable:
                CheckPath(text, column);
                CheckEnd(field, text, column);
                _fields.Add(new RuleField(field.Number, by, 0, text));
                break;
            case RuleFieldKind.Label:
                _fields.Add(new RuleField(field.Number, by, 0, text));
                break;
            default:
                AddNumber(field, by, text, column);
                break;
        }
    }

    private void AddNumber(RuleFieldType field, RuleOperator by, string text, int column)
    {
        uint number = RuleValues.Read(field, text, column, _environment);
        if (field.Kind == RuleFieldKind.LoginId && number == uint.MaxValue && !RuleOperators.IsEquality(by))
            throw new RuleException(column, $"{field.Name} can only be equal or unequal to unset");
        _fields.Add(new RuleField(field.Number, by, number));
    }

    private void SetArchitecture(string text, RuleOperator by, int column, int textColumn)
    {
        if (_hasCalls) throw new RuleException(column, "arch must stand before -S, as it says what the names of the calls mean");
        if (!_environment.Machine.TryArchitecture(text, out _arch))
            throw new RuleException(textColumn, $"there is no architecture {text}; write b64 or b32");
        _fields.Add(new RuleField(RuleFields.Arch, by, _arch));
    }

    private void AddComparison(RuleWord value)
    {
        if (!RuleOperators.TryFind(value.Text, out int at, out int length, out RuleOperator by) || !RuleOperators.IsEquality(by))
            throw new RuleException(value.Column, $"{value.Text} does not compare two fields with = or !=; write uid!=euid");
        string first = value.Text[..at];
        string second = value.Text[(at + length)..];
        uint number = RuleComparisons.Number(first, second);
        if (number == 0)
        {
            string? unknown = !RuleComparisons.Has(first) ? first : !RuleComparisons.Has(second) ? second : null;
            throw new RuleException(value.Column, unknown is not null
                ? $"{(unknown.Length == 0 ? "nothing" : unknown)} cannot be compared with a field; there are auid, uid, euid, suid, "
                    + "fsuid and obj_uid, and gid, egid, sgid, fsgid and obj_gid"
                : $"the kernel does not compare {first} with {second}");
        }

        _tests.Add((RuleFields.Find(RuleFields.Comparison)!, by, value.Column));
        _fields.Add(new RuleField(RuleFields.Comparison, by, number));
    }

    private static void CheckPath(string path, int column)
    {
        if (path.Length == 0 || path[0] != '/') throw new RuleException(column, $"{path} is no absolute path; it must begin with /");
        if (Encoding.UTF8.GetByteCount(path) >= LongestPath)
            throw new RuleException(column, $"a path may have {LongestPath - 1} bytes at most");
    }

    // audit_to_watch and audit_alloc_mark of the kernel: EINVAL.
    private static void CheckEnd(RuleFieldType field, string path, int column)
    {
        if (field.Kind == RuleFieldKind.WatchedFolder || path[^1] != '/') return;
        throw new RuleException(column, field.Kind == RuleFieldKind.Executable
            ? $"{path} is a folder, and exe is one program; write a rule for each program"
            : $"{path} is a folder, which the kernel refuses here; write dir={path} for the folder with all that is in it, "
                + "or path= without the last slash");
    }

    private AuditRule Finish()
    {
        if (_isWatch && _hasCalls) throw new RuleException(0, "a watch takes no -S; write -a always,exit -F path=… -S … instead of -w");
        if (!_isWatch && _list is null)
            throw new RuleException(0, "the rule has no list; begin it with -a always,exit, or with -w and a path");
        RuleList list = _list ?? RuleList.Exit;
        if (_hasCalls && list is not (RuleList.Exit or RuleList.IoUring))
            throw new RuleException(0, $"-S has no meaning on the list {RuleText.ListName(list)}; leave it out");
        foreach ((RuleFieldType field, _, int column) in _tests) CheckList(field, list, column);
        CheckOnce();
        if (_hasCalls && !_hasKnownCalls) throw new RuleException(0, "none of its system calls is known here; the rule is left out");
        if (_hasCalls && _arch == 0 && list == RuleList.Exit && _mask.AsSpan().ContainsAnyExcept(uint.MaxValue))
            Warn(0, "without -F arch=b64 or b32 the numbers of the calls match programs of both kinds, where they mean different calls");

        // As auditctl does: without -S all calls are meant, but for the list on which there are none.
        if (!_hasCalls && list != RuleList.Task) _mask.AsSpan().Fill(uint.MaxValue);
        AddKeys();
        if (_fields.Count > RuleBinary.MostFields) throw new RuleException(0, $"a rule may have {RuleBinary.MostFields} fields at most");
        AuditRule rule = AuditRule.Make(list, _action, _mask, _fields);
        return rule.Bytes.Length - RuleBinary.HeaderLength <= RuleBinary.MostText
            ? rule
            : throw new RuleException(0, $"the texts of a rule may have {RuleBinary.MostText} bytes at most");
    }

    private void CheckList(RuleFieldType field, RuleList list, int column)
    {
        if ((field.Lists & (RuleLists)(1 << (int)list)) != 0) return;
        string message = $"{field.Name} is not known on the list {RuleText.ListName(list)}";
        // audit_field_valid of kernel/auditfilter.c refuses these everywhere else.
        bool isRefused = list is not (RuleList.User or RuleList.Task or RuleList.Exclude)
            || field.Kind is RuleFieldKind.WatchedPath or RuleFieldKind.WatchedFolder or RuleFieldKind.RecordType
                or RuleFieldKind.FilesystemType or RuleFieldKind.Permissions or RuleFieldKind.Inode;
        if (isRefused) throw new RuleException(column, message);

        // audit_filter of kernel/auditfilter.c, for records: at a field that it does not know it leaves the list, with all rules behind.
        if (list is RuleList.User or RuleList.Exclude)
        {
            IEnumerable<string> names = RuleFields.NamesOn(list);
            throw new RuleException(
                column,
                $"{message}: the kernel would end the list there, so that the rules behind this one have no effect; leave it out, there "
                + $"are {string.Join(", ", names)}");
        }

        // The kernel takes these and they never match.
        Warn(column, message + "; the rule never matches");
    }

    // kernel/auditfilter.c: one watch, tree or inode, and one executable a rule.
    private void CheckOnce()
    {
        int watches = _fields.Count(field => field.Number is RuleFields.Path or RuleFields.Folder or RuleFields.Inode);
        if (watches > 1) throw new RuleException(0, "a rule can have one of path, dir and inode, once; write a rule for each");
        if (_fields.Count(field => field.Number == RuleFields.Executable) > 1)
            throw new RuleException(0, "a rule can have one exe; write a rule for each");
    }

    private void AddKeys()
    {
        if (_keys.Count == 0) return;
        string keys = string.Join('\u0001', _keys);
        if (Encoding.UTF8.GetByteCount(keys) > LongestKeys)
            throw new RuleException(0, $"the keys of a rule may have {LongestKeys} bytes together");
        _fields.Add(new RuleField(RuleFields.Key, RuleOperator.Equal, 0, keys));
    }
}
