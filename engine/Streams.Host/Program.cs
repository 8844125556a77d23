using Streams.Host.CommandLine;

return StreamsCommand.Run(args);
