import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import { toBoolean } from '../http/page.query';

export class DeleteIntegrationQuery {
  @ApiPropertyOptional({ description: 'Delete its configs, auth flows and plans too.', default: false })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean({ message: 'cascade must be true or false' })
  readonly cascade: boolean = false;
}
