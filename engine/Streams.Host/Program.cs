using Streams.Host.CommandLine;
using Streams.Host.Output;

Terminal.UseStandardStreams();
return StreamsCommand.Run(args);
