using Streams.Files.Watching;

namespace Streams.Files.Tests.Watching;

/// <summary>Who changes files, by a folder that looks like <c>/proc</c>.</summary>
[Trait("Found", "F2")]
public sealed class ActorReaderTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_process_has_its_program_and_those_that_started_it()
    {
        Process(1, 0, "systemd", "/usr/lib/systemd/systemd");
        Process(20, 1, "bash", "/usr/bin/bash");
        Process(300, 20, "cp", "/usr/bin/cp");

        FileActor actor = Reader().Read(300)!;

        Assert.Equal((300, "/usr/bin/cp", "cp", "/usr/bin/bash"), (actor.Pid, actor.Executable, actor.Name, actor.ParentExecutable));
        Assert.Equal(["/usr/bin/bash", "/usr/lib/systemd/systemd"], actor.Ancestors);
    }

    [Fact]
    public void One_that_has_ended_keeps_its_name_and_has_no_program()
    {
        Process(20, 0, "bash", "/usr/bin/bash");
        Process(300, 20, "cp", executable: null);

        FileActor actor = Reader().Read(300)!;

        Assert.Equal((300, null, "cp", "/usr/bin/bash"), (actor.Pid, actor.Executable, actor.Name, actor.ParentExecutable));
    }

    [Fact]
    public void A_parent_without_a_program_is_not_replaced_by_its_parent()
    {
        Process(2, 0, "kthreadd", executable: null);
        Process(20, 0, "bash", "/usr/bin/bash");
        Process(30, 20, "gone", executable: null);
        Process(300, 30, "cp", "/usr/bin/cp");

        FileActor actor = Reader().Read(300)!;

        Assert.Null(actor.ParentExecutable);
        Assert.Equal(["/usr/bin/bash"], actor.Ancestors);
    }

    [Fact]
    public void What_others_know_of_one_that_has_ended_counts()
    {
        Process(300, 0, "cp", executable: null);
        var seen = new FileActor(300, "/usr/bin/cp", EntityId: "e");

        Assert.Same(seen, Reader(seen).Read(300));
        Assert.Same(seen, Reader(seen).Read(301));
        Assert.Equal("cp", Reader(new FileActor(300)).Read(300)!.Name);
    }

    [Fact]
    public void A_program_that_cannot_be_named_by_a_path_is_none()
    {
        Process(300, 0, "cp", "(unreachable)/usr/bin/cp");

        FileActor actor = Reader().Read(300)!;

        Assert.Equal((null, "cp"), (actor.Executable, actor.Name));
    }

    private ActorReader Reader(FileActor? ended = null) => new(_ => ended, _folder.Tree);

    private void Process(int pid, int parent, string name, string? executable)
    {
        string zeros = string.Join(' ', Enumerable.Repeat("0", 17));
        _folder.Write($"{pid}/stat", $"{pid} ({name}) S {parent} {zeros} {pid}\n");
        if (executable is not null) File.CreateSymbolicLink(_folder.At($"{pid}/exe"), executable);
    }
}
